# SPDX-License-Identifier: MIT
libframework_la_SOURCES += \
	framework/tree/capset.c framework/tree/capset.h \
	framework/tree/check.c \
	framework/tree/codec.c \
	framework/tree/extension.c \
	framework/tree/hash.c \
	framework/tree/index.c framework/tree/index.h \
	framework/tree/index_read.c \
	framework/tree/leaf.c \
	framework/tree/math.c framework/tree/math.h \
	framework/tree/merge.c \
	framework/tree/node.c framework/tree/node.h \
	framework/tree/ops.c \
	framework/tree/order.c framework/tree/order.h \
	framework/tree/parent_hash.c framework/tree/parent_hash.h \
	framework/tree/path_secret.c framework/tree/path_secret.h \
	framework/tree/slots.c framework/tree/slots.h \
	framework/tree/state.h \
	framework/tree/tree.c framework/tree/tree.h \
	framework/tree/treekem.c framework/tree/treekem.h \
	framework/tree/treekem_make.c \
	framework/tree/treekem_open.c \
	framework/tree/walk.c \
	framework/tree/x509.c
