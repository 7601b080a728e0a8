# SPDX-License-Identifier: MIT
libframework_la_SOURCES += \
	framework/plugin/algs.c \
	framework/plugin/confdir.c \
	framework/plugin/config.c framework/plugin/config.h \
	framework/plugin/host.c \
	framework/plugin/instance.c framework/plugin/internal.h \
	framework/plugin/kat.c framework/plugin/kat.h \
	framework/plugin/kat_vectors.c framework/plugin/kat_vectors.h \
	framework/plugin/list.c \
	framework/plugin/loader.c framework/plugin/loader.h \
	framework/plugin/log.c \
	framework/plugin/plugins.c framework/plugin/plugins.h \
	framework/plugin/report.c framework/plugin/report.h \
	framework/plugin/route.c \
	framework/plugin/rows.c \
	framework/plugin/schema.c framework/plugin/schema.h \
	framework/plugin/serial.c \
	framework/plugin/services.c \
	framework/plugin/suites.c framework/plugin/suites.h \
	framework/plugin/sysrng.c \
	framework/plugin/text.c framework/plugin/text.h
