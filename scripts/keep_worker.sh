#!/bin/sh
# Keep the worker of a release as it was, so that tests/procedure/test_upgrade.py can run it beside today's.
# Usage: sh scripts/keep_worker.sh COMMIT tests/data/NAME/worker.tar.xz
set -eu
work=$(mktemp -d)
git archive "$1" certify workflows schemas labels | tar x -C "$work"
# What a worker never loads.
rm -rf "$work/certify/web" "$work/certify/static" "$work/certify/locale" "$work/certify/templates" \
	"$work/labels/fonts" "$work/schemas/schemes"
tar c --sort=name --mtime=@0 --owner=0 --group=0 -C "$work" certify workflows schemas labels | xz -9e > "$2"
rm -rf "$work"
