"""Files for running Newsdex as a service: gunicorn_conf.py, for several processes behind one port."""
