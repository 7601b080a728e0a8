#!/bin/sh
# SPDX-License-Identifier: MIT
# A short random walk over all that groups can do; a long one is in
# `mls-walk --help`.

# shellcheck disable=SC2086 # a list of words
exec ${MLS_TEST_WRAPPER-} "${MLS_TEST_BUILDDIR:-.}/mls-walk" \
    ${MLS_TEST_WALK---steps 400}
