/* An echo server with the sockets of POSIX: every call is the one you know, with `ft_` in front.
 *
 *   sudo ip tuntap add tap0 mode tap user $USER
 *   sudo ip addr add 10.0.0.5/24 dev tap0 && sudo ip link set tap0 up
 *   ./example_echo_server tap0 10.0.0.4/24 7007
 *   nc -N 10.0.0.4 7007                         (in another terminal)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fourtuple/socket.h"

/* Sends what comes until the peer has ended its half, then ends ours. One thread a client; blocking calls. */
static void *serve(void *argument) {
  const int client = (int)(intptr_t)argument;
  char buffer[65536];
  ssize_t received;
  while ((received = ft_recv(client, buffer, sizeof buffer, 0)) > 0) {
    ssize_t sent = 0;
    while (sent < received) { /* a blocking send() may still send less than all */
      const ssize_t now = ft_send(client, buffer + sent, (size_t)(received - sent), 0);
      if (now < 0) break;
      sent += now;
    }
    if (sent < received) break;
  }
  ft_close(client);
  return NULL;
}

static int fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s TAP ADDRESS/LENGTH PORT, for example: %s tap0 10.0.0.4/24 7007\n", argv[0], argv[0]);
    return 2;
  }

  /* 1. A stack of our own on the TAP device. It becomes the default for ft_socket(). */
  struct ft_stack_options options;
  memset(&options, 0, sizeof options);
  options.tap = argv[1];
  options.address = argv[2];
  ft_stack *stack = ft_stack_open(&options);
  if (stack == NULL) {
    fprintf(stderr, "%s\n", ft_stack_error());
    return 1;
  }

  /* 2. From here on it is the server of every textbook. */
  struct sockaddr_in name;
  memset(&name, 0, sizeof name);
  name.sin_family = AF_INET;
  name.sin_port = htons((uint16_t)atoi(argv[3]));
  name.sin_addr.s_addr = htonl(INADDR_ANY);
  const int listener = ft_socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0) return fail("socket");
  if (ft_bind(listener, (const struct sockaddr *)&name, sizeof name) != 0) return fail("bind");
  if (ft_listen(listener, 16) != 0) return fail("listen");
  printf("echo on %s, port %s\n", argv[2], argv[3]);
  fflush(stdout);

  for (;;) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    const int client = ft_accept(listener, (struct sockaddr *)&peer, &length);
    if (client < 0) return fail("accept");
    char text[INET_ADDRSTRLEN];
    printf("from %s port %u\n", inet_ntop(AF_INET, &peer.sin_addr, text, sizeof text), ntohs(peer.sin_port));
    fflush(stdout);
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)client) != 0) {
      ft_close(client);
      continue;
    }
    pthread_detach(thread);
  }
}
