#!/bin/sh
# Find Chromium; as root on a Debian install it; elsewhere stop at once with the command to type.
set -eu
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core fonts-liberation >/dev/null
    exit 0
fi
echo "The tests need Chromium. Install it and run make test again, for example:" >&2
echo "    sudo apt-get install chromium" >&2
exit 1
