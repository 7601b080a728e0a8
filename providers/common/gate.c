/* SPDX-License-Identifier: MIT */
#include "gate.h"

#include "libmls/provider.h"

int
mls__gate_init(struct mls_gate *gate)
{
	gate->held = false;
	if (pthread_mutex_init(&gate->lock, NULL) != 0)
		return MLS_P_NOMEM;
	if (pthread_cond_init(&gate->left, NULL) != 0) {
		pthread_mutex_destroy(&gate->lock);
		return MLS_P_NOMEM;
	}
	return MLS_P_OK;
}

void
mls__gate_fini(struct mls_gate *gate)
{
	pthread_cond_destroy(&gate->left);
	pthread_mutex_destroy(&gate->lock);
}

int
mls__gate_enter(struct mls_gate *gate)
{
	pthread_t self = pthread_self();
	int status = MLS_P_OK;

	pthread_mutex_lock(&gate->lock);
	while (gate->held && !pthread_equal(gate->holder, self))
		pthread_cond_wait(&gate->left, &gate->lock);
	if (gate->held) {
		status = MLS_P_BUSY;
	} else {
		gate->held = true;
		gate->holder = self;
	}
	pthread_mutex_unlock(&gate->lock);
	return status;
}

void
mls__gate_leave(struct mls_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->held = false;
	pthread_cond_signal(&gate->left);
	pthread_mutex_unlock(&gate->lock);
}
