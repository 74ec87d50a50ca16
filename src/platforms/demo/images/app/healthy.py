"""healthy.py URL: does it answer 200? healthy.py FILE: was it touched within the last 15 seconds?"""
import os
import sys
import time
import urllib.request

what = sys.argv[1]
if what.startswith("http://"):
    urllib.request.urlopen(what, timeout=3).close()
elif time.time() - os.stat(what).st_mtime > 15:
    sys.exit(f"{what} is older than 15 seconds")
