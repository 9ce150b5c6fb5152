/*
 * The peer of HandleTransfer: the same messages, 200 bytes with one descriptor, over the same kind of socket.
 *
 * transfer same|round MILLIS: prints the nanoseconds of one operation.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAYLOAD = 200, WARM_UP_MILLIS = 200, CLOCK_EVERY = 64 };

static void check(int ok, const char *call) {
    if (!ok) {
        perror(call);
        exit(1);
    }
}

static void send_handle(int sock, int fd) {
    char payload[PAYLOAD] = {1};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec iov = {payload, sizeof payload};
    struct msghdr header = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    check(sendmsg(sock, &header, MSG_NOSIGNAL) == PAYLOAD, "sendmsg");
}

/* -1 at the end. */
static int receive_handle(int sock) {
    char payload[PAYLOAD];
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct iovec iov = {payload, sizeof payload};
    struct msghdr header = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(sock, &header, MSG_CMSG_CLOEXEC);
    if (length == 0) {
        return -1;
    }
    check(length == PAYLOAD && !(header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)), "recvmsg");
    int fd;
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    check(rights != NULL && rights->cmsg_type == SCM_RIGHTS, "SCM_RIGHTS");
    memcpy(&fd, CMSG_DATA(rights), sizeof fd);
    return fd;
}

static void *echo(void *argument) {
    int sock = *(int *)argument;
    for (int fd = receive_handle(sock); fd >= 0; fd = receive_handle(sock)) {
        send_handle(sock, fd);
        close(fd);
    }
    return NULL;
}

static int pair[2];
static int handle;

static void same_thread(void) {
    send_handle(pair[0], handle);
    close(receive_handle(pair[1]));
}

static void round_trip(void) {
    send_handle(pair[0], handle);
    close(receive_handle(pair[0]));
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static double measure(void (*operation)(void), long long nanos) {
    long long start = now(), end = start, count = 0;
    while (end - start < nanos) {
        for (int i = 0; i < CLOCK_EVERY; i++) {
            operation();
        }
        count += CLOCK_EVERY;
        end = now();
    }
    return (double)(end - start) / count;
}

int main(int argc, char **argv) {
    check(argc == 3, "usage: transfer same|round MILLIS");
    int round = strcmp(argv[1], "round") == 0;
    int pipe_ends[2];
    check(pipe2(pipe_ends, O_CLOEXEC) == 0, "pipe2");
    handle = pipe_ends[0];
    check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
    pthread_t peer;
    if (round) {
        check(pthread_create(&peer, NULL, echo, &pair[1]) == 0, "pthread_create");
    }
    void (*operation)(void) = round ? round_trip : same_thread;
    measure(operation, WARM_UP_MILLIS * 1000000LL);
    printf("%.1f\n", measure(operation, atoll(argv[2]) * 1000000LL));
    if (round) {
        shutdown(pair[0], SHUT_RDWR);
        pthread_join(peer, NULL);
    }
    return 0;
}
