# SPDX-License-Identifier: MIT
EXTRA_DIST += providers/sodium/sodium.conf
if WITH_SODIUM
provider_LTLIBRARIES += sodium.la
providerconf_DATA += providers/sodium/sodium.conf
sodium_la_SOURCES = \
	providers/sodium/data.c providers/sodium/key.c \
	providers/sodium/private.h providers/sodium/provider.c
sodium_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/providers
sodium_la_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS)
sodium_la_LDFLAGS = $(provider_flags)
sodium_la_LIBADD = libcommon.la $(SODIUM_LIBS)
endif
