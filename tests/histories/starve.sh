#!/bin/sh
# SPDX-License-Identifier: MIT
# A sample of the allocations of each provider of cryptography; all of them
# with `mls-starve openssl sodium awslc`, those of libgcrypt take hours.  Skipped
# where a sanitizer is the allocator.

set -e
starve=${MLS_TEST_BUILDDIR:-.}/mls-starve
"$starve" --stride 61 openssl
if [ -f "$MLS_TEST_PROVIDERDIR/sodium.so" ]; then
	"$starve" sodium
fi
if [ -f "$MLS_TEST_PROVIDERDIR/awslc.so" ]; then
	"$starve" awslc
fi
# libgcrypt ends the process where it has no memory for a number.
if [ -f "$MLS_TEST_PROVIDERDIR/gcrypt.so" ]; then
	"$starve" --fork --stride 4001 gcrypt
fi

# The C library allocates a module's thread-local storage in each thread, and
# ends the process if it cannot.
command -v readelf >/dev/null || exit 0
for module in "$MLS_TEST_PROVIDERDIR"/*.so; do
	if readelf -lW "$module" | grep -q '^ *TLS'; then
		echo "$module has thread-local storage"
		exit 1
	fi
done
