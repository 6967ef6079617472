"""The WSGI application gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omnichat.settings")

application = get_wsgi_application()

# What is loaded by now stays as long as the process: looking through it for garbage again and again
# cost a webhook a twentieth of its time.
gc.collect()
gc.freeze()
