#!/bin/sh
# SPDX-License-Identifier: MIT
# RULE: CRYPT-16
# The rules by each provider that is here, in suites that it serves whole:
# providers.sh [PROVIDER SUITE]...

build=${MLS_TEST_BUILDDIR:-.}
[ -x "$build/tests/rules/rules" ] || exit 77
[ $# -ne 0 ] ||
    set -- gcrypt 1 sodium 3 evercrypt 1 evercrypt 2 evercrypt 3

played=
while [ $# -ge 2 ]; do
	if [ -e "$build/.libs/$1.so" ]; then
		echo "$1, suite $2"
		MLS_TEST_CRYPTO=$1 MLS_TEST_SUITE=$2 \
		    "$build/tests/rules/rules" --jobs="${MLS_TEST_JOBS:-1}" ||
		    exit 1
		played=yes
	fi
	shift 2
done
[ "$played" ] || exit 77
