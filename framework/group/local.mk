# SPDX-License-Identifier: MIT
libframework_la_SOURCES += \
	framework/group/arrival.c framework/group/arrival.h \
	framework/group/cache.c \
	framework/group/change.c \
	framework/group/choose.c framework/group/choose.h \
	framework/group/client.c framework/group/client.h \
	framework/group/commit.c framework/group/commit.h \
	framework/group/committing.c framework/group/committing.h \
	framework/group/context.c \
	framework/group/convenience.c \
	framework/group/create.c framework/group/credential.c \
	framework/group/effects.c framework/group/effects.h \
	framework/group/customs.c framework/group/customs.h \
	framework/group/extensions.c framework/group/extensions.h \
	framework/group/erase.c framework/group/erase.h \
	framework/group/external.c framework/group/external.h \
	framework/group/external_propose.c \
	framework/group/families.h \
	framework/group/group.c framework/group/group.h \
	framework/group/header.c \
	framework/group/incoming.c framework/group/incoming.h \
	framework/group/info.c \
	framework/group/intent.c framework/group/intent.h \
	framework/group/join.c framework/group/join_apply.c \
	framework/group/join.h \
	framework/group/join_external.c framework/group/join_external.h \
	framework/group/joining.c \
	framework/group/last_resort.c framework/group/last_resort.h \
	framework/group/leaf.c framework/group/leaf.h \
	framework/group/lineage.c framework/group/lineage.h \
	framework/group/lineage_members.c \
	framework/group/list.c \
	framework/group/make.c \
	framework/group/making.c framework/group/making.h \
	framework/group/meta.c framework/group/meta.h \
	framework/group/observer.c framework/group/observer.h \
	framework/group/observer_process.c framework/group/observer_save.c \
	framework/group/observer_view.c \
	framework/group/outside.c framework/group/outside.h \
	framework/group/package.c framework/group/package_keys.c \
	framework/group/parked.c framework/group/parked.h \
	framework/group/process.c \
	framework/group/proposals.c framework/group/proposals.h \
	framework/group/publish.c framework/group/publish.h \
	framework/group/ratchet.c framework/group/ratchet.h \
	framework/group/rules.c framework/group/rules.h \
	framework/group/same.c framework/group/same.h \
	framework/group/self_remove.c framework/group/self_remove.h \
	framework/group/send.c \
	framework/group/state.c framework/group/state.h \
	framework/group/store.c framework/group/store.h \
	framework/group/transition.c framework/group/transition.h \
	framework/group/welcome.c
libframework_la_SOURCES += \
	framework/group/inspect.c framework/group/inspect.h \
	framework/group/inspect_message.c framework/group/inspect_node.c \
	framework/group/inspect_text.c
