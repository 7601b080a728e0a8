# SPDX-License-Identifier: MIT

bin_PROGRAMS += mls-provider
mls_provider_SOURCES = \
	tools/mls-provider/inspect.c \
	tools/mls-provider/list.c \
	tools/mls-provider/main.c tools/mls-provider/tool.h
mls_provider_LDADD = libframework.la
