#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/boot_program.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "follow.hpp"
#include "system/reading.hpp"

namespace krgboot {

namespace {

constexpr std::string_view tftp_port = "69";

struct Listening {
  std::string address;
  std::string port;
};

/// "[address][:port]", as in.tftpd(8) takes it: an IPv6 address stands in brackets.
Listening listening(const std::string& text) {
  auto colon = text.rfind(':');
  auto in_brackets = text.rfind(']');
  bool has_port = colon != std::string::npos && (in_brackets == std::string::npos || colon > in_brackets);
  Listening found{text.substr(0, has_port ? colon : text.size()), has_port ? text.substr(colon + 1) : ""};
  if (found.port.empty() || found.port == "tftp") found.port = tftp_port;
  return found;
}

bool has_option(const std::vector<std::string>& options, std::string_view letter, std::string_view name) {
  return std::any_of(options.begin(), options.end(),
                     [&](const auto& option) { return option == letter || option == name; });
}

/// The file of in.tftpd's option -m, which changes the names that are asked for; empty: none.
std::string map_file(const std::vector<std::string>& options) {
  for (std::size_t i = 0; i + 1 < options.size(); ++i)
    if (options[i] == "-m" || options[i] == "--map-file") return options[i + 1];
  return "";
}

std::string head_of(const Root& tftp, const std::string& path) {
  auto file = open_regular(tftp, path, LastLink::follow);
  if (!file) return "";
  std::string head(boot_program_head, '\0');
  auto count = pread(file->descriptor.get(), head.data(), head.size(), 0);
  head.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return head;
}

}  // namespace

bool Follower::tftp_daemon() {
  if (!files_.tftp) {
    say(Stage::loader, Status::broken, filename_, files_.release.tftpd_defaults + " is not there",
        "apply the spec");
    return false;
  }
  const auto& settings = files_.tftp->settings;
  const auto& file = files_.release.tftpd_defaults;
  say_all(Stage::loader, files_.tftp->diagnostics);
  if (settings.run_daemon == false) {
    say(Stage::loader, Status::broken, filename_, file + " keeps the TFTP daemon from starting");
    return false;
  }
  if (files_.tftp_root != cluster_.server().tftp_root) {
    say(Stage::loader, Status::warning, fmt::format("TFTP serves {}", in_quotes(files_.tftp_root)),
        fmt::format("{}; the spec says {}", file, cluster_.server().tftp_root));
  }
  if (!settings.secure) {
    say(Stage::loader, Status::warning, "TFTP serves the whole file system", file + " lacks --secure");
  }
  auto [address, port] = listening(settings.address);
  auto server = next_server_.value_or(cluster_.server().address);
  if (port != tftp_port) {
    say(Stage::loader, Status::broken, fmt::format("TFTP listens on port {}", in_quotes(port)), file,
        "machines ask port 69");
    return false;
  }
  if (!listens_for(address, server, file)) return false;
  if (auto map = map_file(settings.options); !map.empty()) {
    tftp_renames_ = true;
    say(Stage::loader, Status::unknown,
        fmt::format("in.tftpd rewrites file names by its map file {}", in_quotes(map)),
        file + "; krgboot does not follow map files");
  }
  tftp_reader_ = {has_option(settings.options, "-p", "--permissive"), settings.username == "root"};
  return true;
}

/// Does the daemon take what machines send to `server`? `address`: what it is told to listen on.
bool Follower::listens_for(const std::string& address, Ipv4Address server, const std::string& file) {
  const auto& options = files_.tftp->settings.options;
  auto in_brackets = !address.empty() && address.front() == '[';
  // Seen with tftp-hpa 5.2: "[::]" takes IPv4 as well unless --ipv6 is there.
  auto both = address == "[::]" && !has_option(options, "-4", "--ipv4");
  if ((in_brackets && !both) || has_option(options, "-6", "--ipv6")) {
    say(Stage::loader, Status::broken, "TFTP does not listen by IPv4", file, "boot ROMs ask by IPv4");
    return false;
  }
  if (address.empty() || both) return true;
  auto only = Ipv4Address::parse(address);
  if (!only) {
    if (auto text = files_.root.read_through_links("/etc/hosts"))
      only = hosts::HostsFile::parse(text->bytes).address_of(address);
  }
  if (!only) {
    say(Stage::loader, Status::warning, fmt::format("TFTP listens on {}", in_quotes(address)),
        file + "; the server's /etc/hosts does not have this name, and krgboot does not resolve it");
    return true;
  }
  if (*only == Ipv4Address() || *only == server) return true;
  say(Stage::loader, Status::broken, fmt::format("TFTP listens on {} only", only->to_string()), file,
      fmt::format("machines ask {}", server.to_string()));
  return false;
}

bool Follower::boot_program(const std::string& path) {
  auto head = head_of(*files_.tftp_directory, as_tftp_path(path));
  if (head.empty()) {
    say(Stage::loader, Status::broken, filename_, fmt::format("{}/{} is empty", files_.tftp_root, path));
    return false;
  }
  auto program = identify_boot_program(path, head);
  if (!program.reads_pxelinux_cfg()) {
    say(Stage::loader, Status::unknown, filename_,
        fmt::format("it is {}: what it boots is not followed", to_string(program.kind)));
    return false;
  }
  // pxelinux since 5 is in two pieces.
  constexpr std::string_view second = "ldlinux.c32";
  constexpr unsigned first_in_pieces = 5;
  loader_in_pieces_ = program.version == 0
                          ? !files_.release.ldlinux.empty() && program.kind != BootProgram::Kind::gpxelinux
                          : program.version >= first_in_pieces;
  if (loader_in_pieces_ && !served(Stage::loader, std::string(second))) return false;
  say(Stage::loader, Status::ok, loader_in_pieces_ ? filename_ + " and ldlinux.c32" : filename_,
      "below " + files_.tftp_root);
  return true;
}

bool Follower::loader() {
  if (cluster_.server().tftp != TftpDaemon::none && !tftp_daemon()) return false;
  if (!files_.tftp_directory) {
    say(Stage::loader, Status::broken, filename_,
        fmt::format("{} is not a directory", in_quotes(files_.tftp_root)));
    return false;
  }
  auto path = filename_.front() == '/' ? filename_.substr(1) : filename_;
  if (refused(path)) return say_refused(Stage::loader, filename_, path), false;
  return boot_program(path);
}

}  // namespace krgboot
