/*
 * The limit of DispatchBench: what it costs at least that one process accepts and others serve.
 *
 * passing pass|share PORT WORKERS: serves `ok N PID` to `GET /?id=N` at 127.0.0.1:PORT, each connection once, by WORKERS
 * processes. With "pass" the parent accepts and gives each connection to the next worker over a SOCK_SEQPACKET socket,
 * with SCM_RIGHTS; it keeps its own descriptor until the worker has acknowledged, which takes all that has come and then
 * answers with one packet. With "share" each worker accepts from a socket of its own (SO_REUSEPORT). A worker waits for
 * everything in one epoll. Runs until it is killed; its workers die with it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* FRAME is about what Drover says of a connection; MAX_UNDER_WAY bounds what a worker has not acknowledged. */
enum { MAX_WORKERS = 64, MAX_EVENTS = 64, FRAME = 100, MAX_UNDER_WAY = 1024, MAX_REQUEST = 4096 };

struct worker {
    int socket;
    int kept[MAX_UNDER_WAY];
    unsigned first;
    unsigned next;
};

static struct worker workers[MAX_WORKERS];
static int count;

static void check(int ok, const char *call) {
    if (!ok) {
        perror(call);
        exit(1);
    }
}

static int listening(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(fd >= 0, "socket");
    check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0, "setsockopt");
    check(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0, "setsockopt");
    check(bind(fd, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    check(listen(fd, SOMAXCONN) == 0, "listen");
    return fd;
}

static int watching(int fd) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    check(epoll >= 0, "epoll_create1");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
    return epoll;
}

static int wait_for(int epoll, struct epoll_event *events) {
    int ready = epoll_wait(epoll, events, MAX_EVENTS, -1);
    check(ready >= 0 || errno == EINTR, "epoll_wait");
    return ready < 0 ? 0 : ready;
}

/* The answer is small enough for any socket's buffer. */
static void answer(int fd) {
    char request[MAX_REQUEST + 1];
    ssize_t length = recv(fd, request, MAX_REQUEST, 0);
    if (length > 0) {
        request[length] = 0;
        const char *id = strstr(request, "id=");
        char body[64], reply[256];
        int size = snprintf(body, sizeof body, "ok %ld %d", id ? strtol(id + 3, NULL, 10) : 0, getpid());
        int all = snprintf(reply, sizeof reply,
                           "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", size, body);
        (void)!send(fd, reply, all, MSG_NOSIGNAL);
    }
    close(fd);
}

static void serve(int epoll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
}

/* One connection that was passed, or -1 when no more has come. */
static int receive(int socket) {
    char frame[FRAME];
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {.iov_base = frame, .iov_len = sizeof frame};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0 && errno == EAGAIN) {
        return -1;
    }
    check(length == FRAME, "recvmsg");
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    check(header && header->cmsg_type == SCM_RIGHTS, "SCM_RIGHTS");
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

/* Acknowledged before it is read. */
static void take(int epoll, int socket) {
    int taken[MAX_EVENTS], fd;
    unsigned number = 0;
    while (number < MAX_EVENTS && (fd = receive(socket)) >= 0) {
        taken[number++] = fd;
    }
    if (number > 0) {
        check(send(socket, &number, sizeof number, MSG_NOSIGNAL) == sizeof number, "send");
    }
    for (unsigned i = 0; i < number; i++) {
        serve(epoll, taken[i]);
    }
}

static void accept_some(int epoll, int listener) {
    for (int i = 0; i < MAX_EVENTS; i++) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            return;
        }
        serve(epoll, fd);
    }
}

static void work(int source, int passed) {
    int epoll = watching(source);
    struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int ready = wait_for(epoll, events);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd != source) {
                answer(events[i].data.fd);
            } else if (passed) {
                take(epoll, source);
            } else {
                accept_some(epoll, source);
            }
        }
    }
}

static void pass(struct worker *worker, int fd) {
    char frame[FRAME] = {0};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control = {.header = {
                     .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    struct iovec part = {.iov_base = frame, .iov_len = sizeof frame};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    check(worker->next - worker->first < MAX_UNDER_WAY, "too many under way");
    check(sendmsg(worker->socket, &message, MSG_NOSIGNAL) == FRAME, "sendmsg");
    worker->kept[worker->next++ % MAX_UNDER_WAY] = fd;
}

static void acknowledged(struct worker *worker) {
    unsigned number;
    check(recv(worker->socket, &number, sizeof number, 0) == sizeof number, "recv");
    while (number-- > 0) {
        close(worker->kept[worker->first++ % MAX_UNDER_WAY]);
    }
}

static void dispatch(int listener) {
    int epoll = watching(listener);
    struct epoll_event events[MAX_EVENTS];
    unsigned turn = 0;
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = -1 - i};
        check(epoll_ctl(epoll, EPOLL_CTL_ADD, workers[i].socket, &event) == 0, "epoll_ctl");
    }
    for (;;) {
        int ready = wait_for(epoll, events);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd < 0) {
                acknowledged(&workers[-1 - events[i].data.fd]);
                continue;
            }
            for (int j = 0; j < MAX_EVENTS; j++) {
                int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd < 0) {
                    break;
                }
                pass(&workers[turn++ % count], fd);
            }
        }
    }
}

int main(int argc, char **argv) {
    count = argc == 4 ? atoi(argv[3]) : 0;
    if (count < 1 || count > MAX_WORKERS) {
        fprintf(stderr, "passing pass|share PORT WORKERS\n");
        return 2;
    }
    int passes = strcmp(argv[1], "pass") == 0;
    int port = atoi(argv[2]);
    int listener = passes ? listening(port) : -1;
    pid_t parent = getpid();
    for (int i = 0; i < count; i++) {
        int pair[2];
        check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
        pid_t child = fork();
        check(child >= 0, "fork");
        if (child == 0) {
            check(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
            if (getppid() != parent) {
                return 1;
            }
            work(passes ? pair[1] : listening(port), passes);
        }
        close(pair[1]);
        workers[i].socket = pair[0];
    }
    if (passes) {
        dispatch(listener);
    }
    pause();
    return 0;
}
