# SPDX-License-Identifier: MIT
EXTRA_DIST += providers/evercrypt/evercrypt.conf tools/evercrypt \
	providers/evercrypt/pin/Cargo.lock providers/evercrypt/pin/Cargo.toml \
	providers/evercrypt/pin/unused/bindgen/Cargo.toml \
	providers/evercrypt/pin/unused/fs_extra/Cargo.toml \
	providers/evercrypt/pin/unused/libc/Cargo.toml
if WITH_EVERCRYPT
provider_LTLIBRARIES += evercrypt.la
providerconf_DATA += providers/evercrypt/evercrypt.conf
evercrypt_la_SOURCES = \
	providers/evercrypt/aead.c providers/evercrypt/burn.c \
	providers/evercrypt/hash.c providers/evercrypt/key.c \
	providers/evercrypt/private.h providers/evercrypt/provider.c \
	providers/evercrypt/sign.c
evercrypt_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/providers \
	$(EVERCRYPT_CPPFLAGS)
# EverCrypt's names have no prefix of their own: none is to be seen outside.
evercrypt_la_LDFLAGS = $(provider_flags) -Wl,--exclude-libs,ALL
evercrypt_la_LIBADD = libcommon.la $(EVERCRYPT_LIBS)
endif
