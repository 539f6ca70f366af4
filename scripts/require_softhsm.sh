#!/bin/sh
# Find SoftHSM; as root on Debian install it; elsewhere stop at once with the command to type.
set -eu
for folder in /usr/lib/softhsm /usr/lib/*/softhsm /usr/local/lib/softhsm /opt/homebrew/lib/softhsm; do
    if [ -e "$folder/libsofthsm2.so" ] && command -v softhsm2-util >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends softhsm2 >/dev/null
    exit 0
fi
echo "The tests need SoftHSM. Install it and run make test again, for example:" >&2
echo "    sudo apt-get install softhsm2" >&2
exit 1
