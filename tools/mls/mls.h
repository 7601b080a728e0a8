/* SPDX-License-Identifier: MIT */
/* What the files of the command mls share.  A command returns an exit status;
 * whoever sees an error first tells it, and callers hand the status on. */
#ifndef TOOLS_MLS_H
#define TOOLS_MLS_H

#include <stdbool.h>
#include <stdio.h>

#include "libmls/mls.h"

#if defined(__GNUC__)
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define PRINTF(f, a)
#endif

/* Exit statuses; mls(1) documents them. */
enum {
	OK = 0,
	USAGE = 1,    /* the command line, or a file that it names */
	REFUSED = 2,  /* a message or a wish that the rules refuse */
	STALE = 3,    /* something else has to happen first; then try again */
	STORE = 4,    /* the store, or what is not in it */
	PROVIDER = 5, /* providers and their configuration */
	BROKEN = 6    /* out of memory, or a bug */
};

struct options {
	const char *store, *group, *dir, *output, *welcome, *tree;
	const char *suite, *context;
	unsigned long days, length;
	int verbose;
	bool propose, apply, public, raw, ascii, new_key, last_resort, help;
};

struct app;
struct command {
	const char *name, *args;
	const char *options; /* letters of the options it takes */
	const char *brief;   /* one line */
	const char *text;    /* for --help */
	int (*run)(struct app *app);
};

struct app {
	const struct command *command;
	struct options opt;
	int argc; /* what is left behind the options */
	char **argv;
	char *store; /* folder */
	char cause[512]; /* the last error that was logged */
	mls_context *context;
	mls_client *client;
	mls_group *group;
};

/* The commands, by file. */
int cmd_init(struct app *app);
int cmd_key_package(struct app *app);
int cmd_psk(struct app *app);
int cmd_groups(struct app *app);
int cmd_create(struct app *app);
int cmd_join(struct app *app);
int cmd_forget(struct app *app);
int cmd_add(struct app *app);
int cmd_remove(struct app *app);
int cmd_update(struct app *app);
int cmd_commit(struct app *app);
int cmd_leave(struct app *app);
int cmd_publish(struct app *app);
int cmd_enter(struct app *app);
int cmd_ask(struct app *app);
int cmd_reinit(struct app *app);
int cmd_successor(struct app *app);
int cmd_branch(struct app *app);
int cmd_pending(struct app *app);
int cmd_send(struct app *app);
int cmd_receive(struct app *app);
int cmd_members(struct app *app);
int cmd_tree(struct app *app);
int cmd_info(struct app *app);
int cmd_inspect(struct app *app);
int cmd_export(struct app *app);

/* options.c */
extern const struct command commands[];
int options_parse(struct app *app, int argc, char **argv);
void options_help(const struct command *command);

/* args(app, least, most): the number of arguments is right. */
int args(const struct app *app, int least, int most);

/* say.c: one line on stderr each; what was wrong; what to do. */
int say(int status, const char *format, ...) PRINTF(2, 3);
int say_error(const struct app *app, int rc, const char *format, ...)
    PRINTF(3, 4);
int say_errno(int status, const char *what, const char *path);
int status_of(int rc);

/* text.c */
struct mls_buf text_buf(const char *text);
struct mls_buf bytes_buf(const struct mls_bytes *b);

/* bytes_copy(out, b): to be freed with free(). */
bool bytes_copy(struct mls_bytes *out, struct mls_buf b);
bool buf_equal(struct mls_buf a, struct mls_buf b);

/* text_print: octets of others for a terminal: controls and what is not
 * UTF-8 are escaped; text_lines indents every line behind the first. */
void text_print(FILE *out, struct mls_buf text);
void text_lines(FILE *out, struct mls_buf text, const char *indent);
void text_hex(FILE *out, struct mls_buf b);

/* text_hex_new(b), text_file_new(b): allocated: hex; a name that may stand in
 * a file's name.  NULL: no memory. */
char *text_hex_new(struct mls_buf b);
char *text_file_new(struct mls_buf b);

/* group_name(out, id): as text if it is such, else hex. */
void group_name(FILE *out, struct mls_buf id);

/* text_format(format, ...): allocated; NULL: no memory. */
char *text_format(const char *format, ...) PRINTF(1, 2);

/* file.c */

/* file_read(out, path): the whole of it; "-" is the standard input. */
int file_read(struct mls_bytes *out, const char *path);

/* file_write(path, data): NULL or "-": the standard output, which must not
 * be a terminal; a file comes into being whole. */
int file_write(const char *path, const struct mls_bytes *data);

/* folder_make(path, mode): with its parents. */
int folder_make(const char *path, unsigned mode);

/* file_post(folder, name, data): durable, atomic, and never over another
 * file.  errno, EEXIST if the name is taken; so is file_take's, which reads
 * regular files alone. */
int file_post(const char *folder, const char *name, struct mls_buf data);
int file_take(struct mls_bytes *out, const char *folder, const char *name);

/* unique(out): a fresh file name part: 8 random octets in hex. */
#define UNIQUE_SIZE 17
int unique(char out[UNIQUE_SIZE]);

/* session.c */
int context_open(struct app *app);
int store_folder(struct app *app);
int client_open(struct app *app, const char *create);
int group_open(struct app *app); /* of --group, or the only one */
int group_use(struct app *app, struct mls_buf id);
void app_close(struct app *app);
int suite_number(const struct app *app, uint16_t *out);
int info_get(const struct app *app, struct mls_group_info_view *out);

/* member_find(app, out, who): by identity or leaf number. */
int member_find(const struct app *app, uint32_t *out, const char *who);

/* member_print(out, app, leaf, identity): the name, with the leaf where
 * another member has the same one. */
void member_print(FILE *out, const struct app *app, uint32_t leaf,
    struct mls_buf identity);

/* show_company(app): the members and the epoch of the open group. */
int show_company(const struct app *app);

/* show.c: a summary in words; allocated text, NULL: no memory. */
char *show_summary(const struct app *app, const struct mls_summary *s);
void show_left_out(const struct app *app, const struct mls_summary *s);

/* mailbox.c: a folder that the members share. */
enum { ENTRY_PROPOSAL, ENTRY_MESSAGE, ENTRY_COMMIT, ENTRY_ANY };
struct entry {
	uint64_t epoch;
	int kind;
	char *name;
};
struct entries {
	struct entry *v;
	size_t n, cap;
};

/* mailbox_folder(out, app, sub): DIR/sub, made if need be; allocated. */
int mailbox_folder(char **out, const struct app *app, const char *sub);
int mailbox_group(char **out, const struct app *app, struct mls_buf id);
char *mailbox_commit_name(uint64_t epoch);
bool mailbox_has_commit(const char *folder, uint64_t epoch);

/* The GroupInfo by which others come in: that of an epoch, posted; whether
 * there is one; the last one there is, and its epoch. */
int mailbox_put_info(const char *folder, uint64_t epoch, struct mls_buf info);
bool mailbox_has_info(const char *folder, uint64_t epoch);

/* mailbox_name(name): it is such as we give to files, and safe to show. */
bool mailbox_name(const char *name);
int mailbox_last_info(struct mls_bytes *out, uint64_t *epoch,
    const char *folder);

/* mailbox_put(app, kind, data): a message or proposal of the open group. */
int mailbox_put(const struct app *app, int kind, struct mls_buf data);
int mailbox_put_welcome(const struct app *app, uint64_t epoch,
    struct mls_buf welcome);
int mailbox_list(struct entries *out, const char *folder);
void entries_free(struct entries *list);

/* Key packages: put; claim one of `name` for ourselves; at the end all that
 * were claimed are used up, or given back. */
struct claims {
	char **from, **to;
	size_t n;
};
int mailbox_put_key_package(const struct app *app, struct mls_buf data);
int mailbox_claim(struct mls_bytes *out, struct claims *claims,
    const struct app *app, struct mls_buf name);
void mailbox_claims_end(struct claims *claims, bool used);

/* seen.c: names of files that need no second look. */
struct seen {
	char *path;
	char **v;
	size_t n, cap;
};
int seen_open(struct seen *s, const struct app *app, const char *name);
bool seen_has(const struct seen *s, const char *name);
void seen_add(struct seen *s, const char *name);
void seen_note(const struct app *app, const char *list, const char *name);
void seen_forget(const struct app *app, const char *list);
void seen_keep(struct seen *s, uint64_t epoch); /* forget older ones */
void seen_close(struct seen *s);

/* cmd_outside.c: publish_info(app, folder): the open group's, into the mailbox. */
int publish_info(const struct app *app, const char *folder);

/* cmd_change.c: packages_get(out, n, claims, app, who): the key packages of
 * these, as intents to add them; packages_of: by names alone, never files;
 * packages_free. */
int packages_get(struct mls_intent **out, size_t n, struct claims *claims,
    const struct app *app, char *const *who);
int packages_of(struct mls_intent **out, size_t n, struct claims *claims,
    const struct app *app, const struct mls_bytes *names);
void packages_free(struct mls_intent *v, size_t n);

/* change.c */

/* commit_make(app, intents, n, flags, claims): make, release, hand over and
 * settle as the options say. */
int commit_make(struct app *app, const struct mls_intent *intents, size_t n,
    uint32_t flags, struct claims *claims);
int proposal_make(struct app *app, const struct mls_intent *intent);

/* commit_settle(app, change, folder, epoch, lost): a commit of ours into the
 * mailbox: applied if it is the first of its epoch, else *lost.
 * commit_apply: takes it as accepted. */
int commit_settle(struct app *app, mls_change *change, const char *folder,
    uint64_t epoch, bool *lost);
int commit_apply(struct app *app, mls_change *change);

/* send_options(send, app): as the options say. */
void send_options(struct mls_send_options *send, const struct app *app);

/* receive.c, sync.c: receive_one expects an ENTRY_COMMIT, something else
 * (ENTRY_MESSAGE), or ENTRY_ANY, and is silent about what was seen before but
 * for that. */
int receive_one(struct app *app, struct mls_buf message, const char *path,
    int expect);
int sync_group(struct app *app);

#endif
