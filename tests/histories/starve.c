/* SPDX-License-Identifier: MIT */
/*
 * mls-starve: a provider module of cryptography that runs out of memory.
 *
 * It is started, and each algorithm that it offers is put through all of its
 * operations, with the first allocation failing, then the second, and so on.
 * Each time all is done as it should be, or an operation says NOMEM; then the
 * same instance does all of it, and leaves nothing behind.  LIMIT-16.
 */
#include "world.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heap.h"

#define MOST 160 /* octets of any output */
#define DENSE 16 /* allocations that are never left out */
#define FAULT (-1)

static const char usage[] =
    "usage: mls-starve [--stride N] [--fork] MODULE...\n"
    "  --stride N  each N-th allocation, after the first ones\n"
    "  --fork      each in a process, that the module's library may end\n";

struct trial {
	const struct mls_provider *module;
	const struct mls_crypto_ops *ops;
	const struct mls_alg *alg; /* NULL: starting it is tried */
	void *ctx;
	bool starved;      /* NOMEM is an answer */
	const char *fault; /* the operation that gave another one */
	int status;
	uint8_t made[4 * MOST], first[4 * MOST]; /* now, and the first time */
	size_t n_made, n_first;
};

/* What came of it, over all of a module. */
struct sum {
	unsigned long unwound, absorbed, ended;
};

/* How a trial with a failing allocation can end. */
enum { UNWOUND, ABSORBED, NONE_FAILED };

/* What a process that ends tells us: it was in the module. */
static bool *inside;

static int
answer(struct trial *t, const char *operation, int status, int want)
{
	if (status == want)
		return 0;
	if (status == MLS_P_NOMEM && t->starved)
		return MLS_P_NOMEM;
	t->fault = operation;
	t->status = status;
	return FAULT;
}

#define TRY(operation, want, ...) do { \
	rc = answer(t, #operation, \
	    t->ops->operation(t->ctx, __VA_ARGS__), want); \
	if (rc != 0) \
		goto out; \
} while (0)

/* What is made is the same each time. */
static void
made(struct trial *t, const uint8_t *p, size_t len)
{
	check(len <= sizeof(t->made) - t->n_made);
	memcpy(t->made + t->n_made, p, len);
	t->n_made += len;
}

static struct mls_buf
view_of(const uint8_t *p, size_t len)
{
	struct mls_buf b = { p, len };

	return b;
}

static int
kem(struct trial *t)
{
	const struct mls_alg *a = t->alg;
	struct mls_key *key = NULL, *again = NULL;
	uint8_t ikm[MOST], pub[MOST], enc[MOST], one[MOST], two[MOST];
	size_t n_pub = sizeof(pub), n = sizeof(one);
	uint32_t kind;
	int rc;

	memset(ikm, 7, sizeof(ikm));
	TRY(key_derive, 0, a->id, view_of(ikm, a->secret_len), &key);
	TRY(key_public, 0, key, pub, &n_pub);
	TRY(key_save, 0, key, &kind, one, &n);
	TRY(key_import, 0, a->role, a->id, view_of(one, n), &again);
	TRY(kem_check_public, 0, a->id, view_of(pub, n_pub));
	TRY(kem_encap, 0, a->id, view_of(pub, n_pub), ikm, enc, one);
	TRY(kem_decap, 0, again, view_of(enc, a->aux_len), two);
	made(t, pub, n_pub);
	made(t, enc, a->aux_len);
	made(t, one, a->output_len);
	made(t, two, a->output_len);
	pub[0] ^= 1;
	if (pub[0] == 5) /* a point that was uncompressed */
		TRY(kem_check_public, MLS_P_ARGUMENT, a->id,
		    view_of(pub, n_pub));
out:
	t->ops->key_release(t->ctx, key);
	t->ops->key_release(t->ctx, again);
	return rc;
}

static int
aead(struct trial *t)
{
	const struct mls_alg *a = t->alg;
	struct mls_buf pt = text("what is to be sealed"), aad = text("aad");
	uint8_t key[MOST], ct[MOST], opened[MOST];
	size_t len = pt.len + a->output_len;
	int rc;

	memset(key, 3, sizeof(key));
	TRY(aead_seal, 0, a->id, key, key, aad, pt, ct);
	TRY(aead_open, 0, a->id, key, key, aad, view_of(ct, len), opened);
	made(t, ct, len);
	made(t, opened, pt.len);
	ct[0] ^= 1;
	TRY(aead_open, MLS_P_VERIFY, a->id, key, key, aad, view_of(ct, len),
	    opened);
out:
	return rc;
}

static int
hash(struct trial *t)
{
	struct mls_buf in[2] = { text("one piece"), text("another") };
	uint16_t id = t->alg->id;
	uint8_t out[MOST];
	int rc;

	TRY(hash, 0, id, in, 2, out);
	made(t, out, t->alg->output_len);
	TRY(hmac, 0, id, in[0], in, 2, out);
	made(t, out, t->alg->output_len);
	if (MLS_HAS(t->ops, hkdf_expand)) {
		TRY(hkdf_expand, 0, id, view_of(out, t->alg->output_len),
		    in[0], out, MOST);
		made(t, out, MOST);
	}
out:
	return rc;
}

/* Not each scheme signs twice alike, so that what is made is verified. */
static int
sign(struct trial *t)
{
	const struct mls_alg *a = t->alg;
	struct mls_buf msg = text("what is to be signed");
	struct mls_key *key = NULL;
	uint8_t secret[MOST], pub[MOST], sig[MOST];
	size_t n_pub = sizeof(pub), n = sizeof(sig);
	int rc;

	memset(secret, 9, sizeof(secret));
	secret[0] = 0;
	TRY(key_import, 0, a->role, a->id, view_of(secret, a->secret_len),
	    &key);
	TRY(key_public, 0, key, pub, &n_pub);
	made(t, pub, n_pub);
	TRY(sign, 0, key, msg, sig, &n);
	TRY(verify, 0, a->id, view_of(pub, n_pub), msg, view_of(sig, n));
	TRY(verify, MLS_P_VERIFY, a->id, view_of(pub, n_pub), text("another"),
	    view_of(sig, n));
out:
	t->ops->key_release(t->ctx, key);
	return rc;
}

/* All of an algorithm: 0, NOMEM or FAULT. */
static int
exercise(struct trial *t)
{
	static int (*const all[])(struct trial *) = { NULL, kem, aead, hash,
		sign };
	int rc;

	t->n_made = 0;
	rc = all[t->alg->role](t);
	if (rc != 0)
		return rc;
	if (t->n_first == 0) {
		t->n_first = t->n_made;
		memcpy(t->first, t->made, t->n_made);
	}
	t->fault = "the octets made";
	return t->n_made == t->n_first &&
	    memcmp(t->first, t->made, t->n_made) == 0 ? 0 : FAULT;
}

static bool
has_exercise(const struct mls_alg *a)
{
	return a->role != MLS_ROLE_VERIFY && (a->role != MLS_ROLE_SIGN ||
	    a->secret_len != 0);
}

static void
must_exercise(struct trial *t)
{
	t->starved = false;
	if (exercise(t) != 0)
		die(__FILE__, __LINE__, "role %u, 0x%04x without a failure: "
		    "%s: status %d", (unsigned)t->alg->role, t->alg->id,
		    t->fault, t->status);
}

/* What was started with an allocation failing does all that it offers. */
static void
exercise_all(const struct trial *started)
{
	const struct mls_alg *list;
	struct trial t = *started;
	size_t i, n = t.ops->algorithms(t.ctx, &list);

	for (i = 0; i < n; i++) {
		t.alg = &list[i];
		t.n_first = 0;
		if (has_exercise(t.alg))
			must_exercise(&t);
	}
}

static int
starve_start(struct trial *t, unsigned long n)
{
	bool failed;

	*inside = true;
	heap_arm(n);
	t->status = t->module->init(NULL, NULL, 0, &t->ctx);
	failed = heap_disarm();
	*inside = false;
	if (t->status == MLS_P_NOMEM && failed)
		return UNWOUND;
	if (t->status != MLS_P_OK)
		die(__FILE__, __LINE__, "init: status %d", t->status);
	if (failed)
		exercise_all(t);
	t->module->fini(t->ctx);
	return failed ? ABSORBED : NONE_FAILED;
}

static int
starve_algorithm(struct trial *t, unsigned long n)
{
	bool failed;
	int rc;

	check(t->module->init(NULL, NULL, 0, &t->ctx) == MLS_P_OK);
	t->starved = true;
	*inside = true;
	heap_arm(n);
	rc = exercise(t);
	failed = heap_disarm();
	*inside = false;
	if (rc == FAULT || (rc != 0 && !failed))
		die(__FILE__, __LINE__, "%s: status %d", t->fault, t->status);
	must_exercise(t);
	t->module->fini(t->ctx);
	return rc != 0 ? UNWOUND : failed ? ABSORBED : NONE_FAILED;
}

/* Again if more is left than there was, which may be a pool of the library.
 * What libcrypto leaves behind when it cannot start is its own. */
static int
starve(struct trial *t, unsigned long n)
{
	unsigned tries;
	long before;
	int how;

	for (tries = 0; tries < 5; tries++) {
		before = heap_live();
		how = t->alg == NULL ? starve_start(t, n) :
		    starve_algorithm(t, n);
		if (heap_live() <= before || t->alg == NULL)
			return how;
	}
	die(__FILE__, __LINE__, "%ld blocks are lost", heap_live() - before);
}

/* The same in a process; true if the library ended that. */
static bool
starve_apart(int *how, struct trial *t, unsigned long n)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	check(pid >= 0);
	if (pid == 0)
		_exit(starve(t, n));
	check(waitpid(pid, &status, 0) == pid);
	if (WIFEXITED(status)) {
		*how = WEXITSTATUS(status);
		check(*how <= NONE_FAILED);
		return false;
	}
	if (!*inside)
		die(__FILE__, __LINE__, "signal %d", WTERMSIG(status));
	return true;
}

static void
walk(struct sum *sum, struct trial *t, unsigned long stride, bool apart)
{
	unsigned long n;
	int how = UNWOUND;

	t->n_first = 0;
	for (n = 1; how != NONE_FAILED; n += n < DENSE ? 1 : stride) {
		place.step = n;
		if (!apart) {
			how = starve(t, n);
		} else if (starve_apart(&how, t, n)) {
			sum->ended++;
			continue;
		}
		sum->unwound += how == UNWOUND;
		sum->absorbed += how == ABSORBED;
	}
}

static const struct mls_provider *
load(const char *name)
{
	const struct mls_provider *module;
	char path[512];
	void *handle;

	snprintf(path, sizeof(path), "%s/%s.so", provider_folder(), name);
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (handle == NULL)
		die(__FILE__, __LINE__, "%s", dlerror());
	module = dlsym(handle, "mls_provider_1");
	check(module != NULL && module->crypto != NULL);
	return module;
}

static void
starve_module(const char *name, unsigned long stride, bool apart)
{
	struct sum sum = { 0, 0, 0 };
	const struct mls_alg *list;
	struct trial t = { .module = load(name) };
	unsigned trials = 1;
	char doing[40];
	size_t i, n;
	void *ctx;

	place.doing = "init";
	t.ops = t.module->crypto;
	check(t.module->init(NULL, NULL, 0, &ctx) == MLS_P_OK);
	n = t.ops->algorithms(ctx, &list);
	walk(&sum, &t, stride, apart);
	for (i = 0; i < n; i++) {
		t.alg = &list[i];
		if (!has_exercise(t.alg))
			continue;
		snprintf(doing, sizeof(doing), "role %u, 0x%04x",
		    (unsigned)t.alg->role, t.alg->id);
		place.doing = doing;
		walk(&sum, &t, stride, apart);
		trials++;
	}
	t.module->fini(ctx);
	printf("%s: %u trials, %lu failed and unwound, %lu succeeded all the "
	    "same, %lu ended the process\n", name, trials, sum.unwound,
	    sum.absorbed, sum.ended);
}

static int
help(int status)
{
	fputs(usage, status == 0 ? stdout : stderr);
	return status;
}

int
main(int argc, char **argv)
{
	unsigned long stride = 1;
	bool apart = false;
	int i;

	if (!heap_can_fail())
		return 77;
	place.program = "mls-starve";
	inside = mmap(NULL, sizeof(*inside), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(inside != MAP_FAILED);
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return help(0);
		if (strcmp(argv[i], "--fork") == 0)
			apart = true;
		else if (strcmp(argv[i], "--stride") == 0 && i + 1 < argc)
			stride = strtoul(argv[++i], NULL, 10);
		else if (argv[i][0] == '-' || stride == 0)
			return help(2);
		else
			starve_module(argv[i], stride, apart);
	}
	return argc < 2 ? help(2) : 0;
}
