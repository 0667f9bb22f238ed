#define _GNU_SOURCE
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the child keeps what it needs until exec: above everything that it hands on. */
#define FIRST_SPARE 16
#define FOLDER 3
#define COMPLAINTS 4
#define HIGHEST_CLOSED 4096

static void complain(int complaints) {
    int reason = errno;
    (void)!write(complaints, &reason, sizeof reason);
    _exit(127);
}

static void close_from(int first) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
#endif
    for (int descriptor = first; descriptor < HIGHEST_CLOSED; descriptor++) close(descriptor);
}

/* A copy out of the way of the numbers that are about to be assigned. */
static int spare(int descriptor, int complaints) {
    int copy = descriptor >= 0 ? fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_SPARE) : open("/dev/null", O_RDWR | O_CLOEXEC);
    if (copy < 0) complain(complaints);
    return copy;
}

static void arrange_descriptors(const parley_launch *launch, int complaints) {
    int report = spare(complaints, complaints);
    int input = spare(launch->input, report);
    int output = spare(launch->output, report);
    int folder = spare(launch->folder, report);
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0 || dup2(folder, FOLDER) < 0) complain(report);
    if (dup3(report, COMPLAINTS, O_CLOEXEC) < 0) complain(report);
    close_from(COMPLAINTS + 1);
}

static void reset_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Only async-signal-safe calls from here on: the parent has other threads. */
static void become(const parley_launch *launch, pid_t parent, int complaints) {
    arrange_descriptors(launch, complaints);
    if (launch->drops_privileges &&
        (setgroups(0, NULL) != 0 || setgid(launch->group) != 0 || setuid(launch->user) != 0))
        complain(COMPLAINTS);
    /* After setuid, which clears it. */
    if (prctl(PR_SET_PDEATHSIG, launch->death_signal) != 0) complain(COMPLAINTS);
    /* The parent may have ended before the line above. */
    if (getppid() != parent) _exit(127);
    setpgid(0, 0);
    if (chdir("/") != 0) complain(COMPLAINTS);
    reset_signals();
    execve(launch->path, launch->arguments, launch->environment);
    complain(COMPLAINTS);
}

pid_t parley_start(const parley_launch *launch) {
    int complaints[2];
    if (pipe2(complaints, O_CLOEXEC) != 0) return -errno;
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) become(launch, parent, complaints[1]);
    int reason = errno;
    close(complaints[1]);
    if (child > 0) {
        ssize_t count;
        do count = read(complaints[0], &reason, sizeof reason);
        while (count < 0 && errno == EINTR);
        if (count == sizeof reason) {
            waitpid(child, NULL, 0);
            child = -1;
        }
    }
    close(complaints[0]);
    return child > 0 ? child : -reason;
}

int parley_process_descriptor(pid_t process) {
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, process, 0);
#else
    return -1;
#endif
}

int parley_reap(pid_t process, int *status) {
    pid_t ended;
    do ended = waitpid(process, status, WNOHANG);
    while (ended < 0 && errno == EINTR);
    return ended != 0;
}

unsigned long parley_shared_memory_users(int key, int id) {
    struct shmid_ds segment;
    if (shmctl(id, IPC_STAT, &segment) != 0 || segment.shm_perm.__key != key) return 0;
    return segment.shm_nattch;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place) {
    (void)status;
    (void)type;
    (void)place;
    return remove(path) == 0 || errno == ENOENT ? 0 : errno;
}

int parley_remove_tree(const char *path) {
    int result = nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS);
    return result < 0 ? (errno == ENOENT ? 0 : errno) : result;
}

int parley_sync_file_system(int descriptor) { return syncfs(descriptor) == 0 ? 0 : errno; }

int parley_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int parley_event_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
