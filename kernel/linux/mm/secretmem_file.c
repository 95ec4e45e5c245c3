// SPDX-License-Identifier: GPL-2.0
/*
 * The secretmem files that exist and who created them, and what all of them
 * use together.
 */

#include <linux/atomic.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/timekeeping.h>
#include <linux/xarray.h>

#include "secretmem_file.h"

/* Registered files by id, which are handed out in ascending order. */
static DEFINE_XARRAY(secretmem_files);
static DEFINE_MUTEX(secretmem_files_mutex);
static unsigned long secretmem_last_id;
static unsigned long secretmem_nr_files;
static u32 secretmem_generation = 1;

static atomic_long_t secretmem_nr_pages;
static atomic_long_t secretmem_nr_pages_peak;
static atomic_long_t secretmem_nr_failures[SECRETMEM_NR_FAILURES];

/* Raise the user's locked memory unless that takes it over the limit. */
static bool secretmem_lock_pages(struct user_struct *user,
				 unsigned long nr_pages)
{
	unsigned long page_limit, cur_pages, new_pages;

	page_limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;

	cur_pages = atomic_long_read(&user->locked_vm);
	do {
		new_pages = cur_pages + nr_pages;
		if (new_pages > page_limit)
			return false;
	} while (!atomic_long_try_cmpxchg(&user->locked_vm,
					  &cur_pages, new_pages));
	return true;
}

/**
 * secretmem_file_charge - charge locked memory to the file's creator
 * @file: the file
 * @nr_pages: how much, at least 1
 *
 * Whatever is charged when the file is unregistered is uncharged there.
 *
 * Return: 0, or -EDQUOT if RLIMIT_MEMLOCK does not allow it.
 */
int secretmem_file_charge(struct secretmem_file *file, unsigned long nr_pages)
{
	if (!secretmem_lock_pages(file->user, nr_pages))
		return -EDQUOT;

	atomic_long_add(nr_pages, &file->nr_pages_charged);
	return 0;
}

void secretmem_file_uncharge(struct secretmem_file *file,
			     unsigned long nr_pages)
{
	atomic_long_sub(nr_pages, &file->user->locked_vm);
	atomic_long_sub(nr_pages, &file->nr_pages_charged);
}

/* The task's cgroup in the default hierarchy, 0 without cgroups. */
u64 secretmem_current_cgroup_id(void)
{
	u64 id = 0;

#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
#endif
	return id;
}

/**
 * secretmem_file_register - make a new file known
 * @file: the file's object, which lives as long as @inode
 * @inode: the inode
 *
 * Return: 0, or -ENOMEM.
 */
int secretmem_file_register(struct secretmem_file *file, struct inode *inode)
{
	int err;

	file->inode = inode;
	file->created_ns = ktime_get_boottime_ns();
	file->user = get_uid(current_user());
	file->creator_pid = task_tgid_nr(current);
	file->creator_cgroup_id = secretmem_current_cgroup_id();
	get_task_comm(file->creator_comm, current->group_leader);

	mutex_lock(&secretmem_files_mutex);
	file->id = secretmem_last_id + 1;
	err = xa_insert(&secretmem_files, file->id, file, GFP_KERNEL);
	if (!err) {
		secretmem_last_id++;
		secretmem_nr_files++;
		secretmem_generation++;
	}
	mutex_unlock(&secretmem_files_mutex);

	if (err)
		free_uid(file->user);
	return err;
}

/**
 * secretmem_file_unregister - forget a file
 * @file: the file
 *
 * No walk over the files can meet it once this has returned.
 */
void secretmem_file_unregister(struct secretmem_file *file)
{
	mutex_lock(&secretmem_files_mutex);
	xa_erase(&secretmem_files, file->id);
	secretmem_nr_files--;
	secretmem_generation++;
	mutex_unlock(&secretmem_files_mutex);

	secretmem_file_uncharge(file, atomic_long_read(&file->nr_pages_charged));
	free_uid(file->user);
}

/* Between these two no file comes or goes. */
void secretmem_files_lock(void)
{
	mutex_lock(&secretmem_files_mutex);
}

void secretmem_files_unlock(void)
{
	mutex_unlock(&secretmem_files_mutex);
}

/**
 * secretmem_file_next - walk the files in the order of their creation
 * @id: the lowest id to return; set to the one returned
 *
 * The caller holds the files lock.
 *
 * Return: the file, or NULL if there is none with that id or a higher one.
 */
struct secretmem_file *secretmem_file_next(unsigned long *id)
{
	lockdep_assert_held(&secretmem_files_mutex);

	return xa_find(&secretmem_files, id, ULONG_MAX, XA_PRESENT);
}

/* Changes whenever a file comes or goes. The caller holds the files lock. */
u32 secretmem_files_generation(void)
{
	lockdep_assert_held(&secretmem_files_mutex);

	return secretmem_generation;
}

unsigned long secretmem_files_count(void)
{
	return READ_ONCE(secretmem_nr_files);
}

/* Return: how many there were for that reason. */
unsigned long secretmem_count_failure(enum secretmem_failure reason)
{
	return atomic_long_inc_return(&secretmem_nr_failures[reason]);
}

unsigned long secretmem_failures(enum secretmem_failure reason)
{
	return atomic_long_read(&secretmem_nr_failures[reason]);
}

/* Count a page that a file got. */
void secretmem_count_page(void)
{
	long pages = atomic_long_inc_return(&secretmem_nr_pages);
	long peak = atomic_long_read(&secretmem_nr_pages_peak);

	while (pages > peak &&
	       !atomic_long_try_cmpxchg(&secretmem_nr_pages_peak, &peak, pages))
		;
}

/* Count a page that a file gave back. */
void secretmem_uncount_page(void)
{
	atomic_long_dec(&secretmem_nr_pages);
}

unsigned long secretmem_pages(void)
{
	return atomic_long_read(&secretmem_nr_pages);
}

unsigned long secretmem_pages_peak(void)
{
	return atomic_long_read(&secretmem_nr_pages_peak);
}
