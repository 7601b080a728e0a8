#!/bin/sh
# SPDX-License-Identifier: MIT
# A short random walk over all that groups can do, and one whose keys stay in a
# token; a long one is in `mls-walk --help`.

build=${MLS_TEST_BUILDDIR:-.}
token=$(cd "$build" && pwd)/tests/faults/.libs/opaque.so

# shellcheck disable=SC2086 # lists of words
${MLS_TEST_WRAPPER-} "$build/mls-walk" \
    ${MLS_TEST_WALK---steps 400} || exit
[ -f "$token" ] || exit 0
# shellcheck disable=SC2086
exec ${MLS_TEST_WRAPPER-} "$build/mls-walk" --token "$token" \
    ${MLS_TEST_WALK---steps 400}
