# SPDX-License-Identifier: MIT
EXTRA_DIST += providers/gcrypt/gcrypt.conf
if WITH_GCRYPT
provider_LTLIBRARIES += gcrypt.la
providerconf_DATA += providers/gcrypt/gcrypt.conf
gcrypt_la_SOURCES = \
	providers/gcrypt/aead.c providers/gcrypt/ecdsa.c \
	providers/gcrypt/eddsa.c providers/gcrypt/hash.c \
	providers/gcrypt/key.c providers/gcrypt/point.c \
	providers/gcrypt/private.h providers/gcrypt/provider.c \
	providers/gcrypt/x448.c
gcrypt_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/providers
gcrypt_la_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
gcrypt_la_LDFLAGS = $(provider_flags)
gcrypt_la_LIBADD = libcommon.la $(GCRYPT_LIBS)
endif
