#!/bin/sh
# SPDX-License-Identifier: MIT
# What members of other libraries sent, as tests/interop/run --vectors wrote it.

src=${MLS_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
exec "${MLS_TEST_BUILDDIR:-$src/build}/run" mls-vectors \
	"$src"/tests/vectors/peers/*.json
