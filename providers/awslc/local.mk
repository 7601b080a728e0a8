# SPDX-License-Identifier: MIT
EXTRA_DIST += providers/awslc/awslc.conf tools/awslc \
	providers/awslc/pin/Cargo.lock providers/awslc/pin/Cargo.toml \
	providers/awslc/pin/unused/cc/Cargo.toml \
	providers/awslc/pin/unused/cmake/Cargo.toml \
	providers/awslc/pin/unused/dunce/Cargo.toml \
	providers/awslc/pin/unused/fs_extra/Cargo.toml \
	providers/awslc/pin/unused/pkg-config/Cargo.toml
if WITH_AWSLC
provider_LTLIBRARIES += awslc.la
providerconf_DATA += providers/awslc/awslc.conf
awslc_la_SOURCES = \
	providers/awslc/aead.c providers/awslc/hash.c \
	providers/awslc/key.c providers/awslc/private.h \
	providers/awslc/provider.c providers/awslc/sign.c
awslc_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/providers $(AWSLC_CPPFLAGS)
# Of AWS-LC, what is not used is left out, and nothing is to be seen outside.
awslc_la_LDFLAGS = $(provider_flags) -Wl,--exclude-libs,ALL -Wl,--gc-sections
awslc_la_LIBADD = libcommon.la $(AWSLC_LIBS)
endif
