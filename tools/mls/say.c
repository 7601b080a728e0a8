/* SPDX-License-Identifier: MIT */
/* Errors, a line each: what was wrong; what to do. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "mls.h"

static const struct hint {
	int code;
	int status; /* 0: of the error's family */
	const char *text;
} hints[] = {
	{ MLS_E_STORE_BUSY, 0,
	    "try again when the other one is done" },
	{ MLS_E_STORE_IO, 0,
	    "look at the store's folder, its disk and permissions" },
	{ MLS_E_STORE_FULL, 0, "make room on the disk" },
	{ MLS_E_STORE_VERSION, 0, "use the newer mls with it" },
	{ MLS_E_CLIENT_NOT_FOUND, STORE, "make one with 'mls init NAME'" },
	{ MLS_E_GROUP_NOT_FOUND, STORE, "'mls groups' lists those there are" },
	{ MLS_E_PSK_NOT_FOUND, STORE, "give it with 'mls psk put ID'" },
	{ MLS_E_PSK_UNAVAILABLE, 0, "give it with 'mls psk put ID' first" },
	{ MLS_E_WELCOME_PSK_MISSING, 0,
	    "give it with 'mls psk put ID' first" },
	{ MLS_E_COMMIT_PENDING, STALE,
	    "'mls receive' what came of it, or see 'mls pending'" },
	{ MLS_E_SEND_WHILE_COMMIT_PENDING, STALE,
	    "'mls receive' what came of it, or see 'mls pending'" },
	{ MLS_E_COMMIT_BEFORE_SEND, STALE,
	    "proposals wait to be committed: 'mls commit'" },
	{ MLS_E_EPOCH_IN_FUTURE, STALE,
	    "receive the commits before it first" },
	{ MLS_E_HANDSHAKE_EPOCH, STALE,
	    "it belongs to another epoch; receive in order" },
	{ MLS_E_CHANGE_STALE, STALE, "receive what is new and try again" },
	{ MLS_E_UNKNOWN_PROPOSAL_REF, STALE,
	    "receive the proposals before the commit" },
	{ MLS_E_REVISION_CHANGED, STALE, "try again" },
	{ MLS_E_RELOAD_REQUIRED, STORE, "try again" },
	{ MLS_E_GROUP_INACTIVE, 0, "you were removed; 'mls forget' the "
	    "group, and ask to be added again" },
	{ MLS_E_GROUP_ID_IN_USE, 0,
	    "'mls forget' the group that you have of this id" },
	{ MLS_E_GROUP_ID_TAKEN, 0, "choose another name" },
	{ MLS_E_WELCOME_NOT_FOR_US, 0, "it is for another key package than "
	    "yours, or yours was used up" },
	{ MLS_E_RATCHET_TREE_MISSING, 0,
	    "give the tree that came beside it: --tree FILE" },
	{ MLS_E_GENERATION_CONSUMED, 0, "it was read before" },
	{ MLS_E_OWN_PRIVATE_MESSAGE, 0,
	    "it is your own, which only others can read" },
	{ MLS_E_EPOCH_SECRETS_GONE, 0,
	    "it came too late, its keys are deleted" },
	{ MLS_E_MEMBER_NOT_FOUND, 0, "'mls members' lists them" },
	{ MLS_E_ADD_EXISTING_MEMBER, 0, "'mls members' lists them" },
	{ MLS_E_REMOVE_OF_COMMITTER, 0,
	    "nobody can commit to that; propose it: --propose" },
	{ MLS_E_LIFETIME_NOT_CURRENT, 0,
	    "ask its owner for a fresh key package" },
	{ MLS_E_UNSUPPORTED_CIPHER_SUITE, 0,
	    "'mls-provider list' shows those there are" },
	{ MLS_E_OUT_OF_MEMORY, BROKEN, "free some memory" },
};

static const struct hint *
hint_of(int rc)
{
	size_t i;

	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (hints[i].code == rc)
			return &hints[i];
	return NULL;
}

int
status_of(int rc)
{
	const struct mls_error_info *info = mls_error_info(rc);
	const struct hint *hint = hint_of(rc);

	if (rc == 0)
		return OK;
	if (hint != NULL && hint->status != 0)
		return hint->status;
	if (info == NULL)
		return BROKEN;
	switch (info->family) {
	case MLS_FAMILY_STALE:
		return STALE;
	case MLS_FAMILY_STORAGE:
		return STORE;
	case MLS_FAMILY_PROVIDER:
	case MLS_FAMILY_CONFIG:
		return PROVIDER;
	case MLS_FAMILY_INTERNAL:
		return BROKEN;
	default:
		return REFUSED;
	}
}

static const char *
advice(const struct mls_error_info *info, const struct hint *hint)
{
	if (hint != NULL)
		return hint->text;
	switch (info != NULL ? info->reaction : MLS_REACT_REPORT) {
	case MLS_REACT_DROP:
		return "throw it away";
	case MLS_REACT_RETRY:
	case MLS_REACT_RELOAD:
		return "try again";
	case MLS_REACT_STORAGE:
		return "look at the store and its disk";
	case MLS_REACT_PROVIDER:
		return "'mls-provider list' shows what is wrong";
	case MLS_REACT_FIX_CONFIG:
		return "mend the configuration";
	case MLS_REACT_FIX_CALLER:
		return "see --help of this command";
	default:
		return "please report this";
	}
}

/* Without line ends, for a line it must stay. */
static void
flat(const char *text)
{
	text_print(stderr, text_buf(text));
}

int
say(int status, const char *format, ...)
{
	va_list args;

	fputs("mls: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

int
say_error(const struct app *app, int rc, const char *format, ...)
{
	const struct mls_error_info *info = mls_error_info(rc);
	char cause[sizeof(app->cause)] = "";
	va_list args;

	if (info != NULL && (info->family & (MLS_FAMILY_PROVIDER |
	    MLS_FAMILY_CONFIG | MLS_FAMILY_STORAGE)) != 0) {
		if (app->context != NULL)
			mls_context_cause(cause, sizeof(cause),
			    app->context);
		if (cause[0] == '\0')
			memcpy(cause, app->cause, sizeof(cause));
	}
	fputs("mls: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s (%s", mls_strerror(rc),
	    info != NULL ? info->name : "?");
	if (info != NULL && strcmp(info->section, "-") != 0)
		fprintf(stderr, ", RFC 9420 %s", info->section);
	fputc(')', stderr);
	if (cause[0] != '\0') {
		fputs(": ", stderr);
		flat(cause);
	}
	fprintf(stderr, "; %s\n", advice(info, hint_of(rc)));
	return status_of(rc);
}

int
say_errno(int status, const char *what, const char *path)
{
	int error = errno;

	fprintf(stderr, "mls: cannot %s ", what);
	flat(path);
	fprintf(stderr, ": %s\n", strerror(error));
	return status;
}
