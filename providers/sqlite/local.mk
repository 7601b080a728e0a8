# SPDX-License-Identifier: MIT
EXTRA_DIST += providers/sqlite/sqlite.conf
if WITH_SQLITE
provider_LTLIBRARIES += sqlite.la
sqlite_la_SOURCES = \
	providers/common/gate.c providers/common/gate.h \
	providers/sqlite/file.c providers/sqlite/file.h \
	providers/sqlite/scrub.c providers/sqlite/scrub.h \
	providers/sqlite/sqlite.c
sqlite_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
sqlite_la_LDFLAGS = $(provider_flags)
sqlite_la_LIBADD = $(SQLITE_LIBS)
providerconf_DATA += providers/sqlite/sqlite.conf
endif
