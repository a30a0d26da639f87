#include "outbound_network.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system_call.hpp"

namespace krgboot {

namespace {

constexpr const char* slirp4netns = "slirp4netns";

// From the benchmark addresses of RFC 2544, which no site uses; the default, 10.0.2.0/24, may hide a site's
// network.
constexpr const char* addresses = "198.18.67.0/24";
constexpr const char* name_server = "198.18.67.3";  // slirp4netns always uses the network's third address

/// Uses a thread, because the process could not return to its own namespace.
FileDescriptor new_network_namespace() {
  FileDescriptor result;
  int error = 0;
  std::thread([&] {
    if (unshare(CLONE_NEWNET) == 0)
      result = FileDescriptor(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    error = errno;
  }).join();
  if (result) return above_standard(result.release(), slirp4netns);
  throw IoError("enter", "a network namespace", error, "the system allows none of its own");
}

/// Puts the program into a mount namespace whose mounts and unmounts are seen nowhere else. slirp4netns' own
/// sandbox makes only "/" private before it unmounts everything: on a host with shared mounts, as systemd has
/// them, the unmounts would reach the host.
class PrivateMounts : public ChildSetup {
 public:
  std::optional<Failure> prepare() noexcept override {
    if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      return Failure{0, 0, errno};
    return std::nullopt;
  }
};

std::string output_of(const StartedChild& child) {
  std::array<char, 4096> buffer{};
  auto got = ::read(child.output.get(), buffer.data(), buffer.size());
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
}

void wait_for_end(const StartedChild& child, bool at_once) {
  if (at_once) signal_all(child, SIGKILL);
  system_call::retried([&] { return waitpid(child.process, nullptr, 0); });
}

}  // namespace

bool OutboundNetwork::is_available() {
  return find_program(slirp4netns).has_value();
}

OutboundNetwork::OutboundNetwork() : namespace_(new_network_namespace()) {
  auto path = find_program(slirp4netns);
  if (!path) throw IoError("run", slirp4netns, ENOENT, "install it, or use the host's network");
  auto ready = make_pipe(slirp4netns);
  auto ending = make_pipe(slirp4netns);
  ChildProgram child;
  child.path = *path;
  child.argv = {slirp4netns,
                "--configure",
                "--mtu=65520",
                "--disable-host-loopback",
                "--enable-sandbox",
                "--enable-seccomp",
                fmt::format("--cidr={}", addresses),
                fmt::format("--ready-fd={}", ready.second.get()),
                fmt::format("--exit-fd={}", ending.first.get()),
                "--netns-type=path",
                fmt::format("/proc/self/fd/{}", namespace_.get()),
                "tap0"};
  child.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
  child.inherited = {ready.second.get(), ending.first.get(), namespace_.get()};
  PrivateMounts mounts;
  slirp_ = start_child(child, {}, &mounts);
  if (slirp_.failure) throw IoError("run", slirp4netns, slirp_.failure->error_number);
  ready.second = FileDescriptor();
  char byte = 0;
  if (system_call::retried([&] { return ::read(ready.first.get(), &byte, 1); }) != 1) {
    wait_for_end(slirp_, true);
    throw CommandError("command.failed", child.argv, 1, output_of(slirp_));
  }
  end_ = std::move(ending.second);
}

OutboundNetwork::~OutboundNetwork() {
  end_ = FileDescriptor();
  constexpr int patience = 2000;  // milliseconds
  struct pollfd waiting {
    slirp_.process_descriptor.get(), POLLIN, 0
  };
  wait_for_end(slirp_, poll(&waiting, 1, patience) <= 0);
}

std::string OutboundNetwork::resolv_conf(const std::string& of_host) {
  std::string result = fmt::format("nameserver {}\n", name_server);
  for (auto line : split_lines(of_host)) {
    if (line.substr(0, 10) != "nameserver") result += fmt::format("{}\n", trim(line));
  }
  return result;
}

}  // namespace krgboot
