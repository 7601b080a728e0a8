# SPDX-License-Identifier: MIT
EXTRA_DIST += providers/openssl/openssl.conf
if WITH_OPENSSL
provider_LTLIBRARIES += openssl.la
providerconf_DATA += providers/openssl/openssl.conf
openssl_la_SOURCES = \
	providers/openssl/aead.c providers/openssl/ec.c \
	providers/openssl/ecdsa.c providers/openssl/hash.c \
	providers/openssl/key.c providers/openssl/private.h \
	providers/openssl/provider.c providers/openssl/sign.c
openssl_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/providers
openssl_la_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
openssl_la_LDFLAGS = $(provider_flags)
openssl_la_LIBADD = libcommon.la $(OPENSSL_LIBS)
endif
