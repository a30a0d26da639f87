#include "krgboot/base/text.hpp"
#include "krgboot/formats/pxelinux_menu.hpp"
#include "krgboot/formats/pxelinux_render.hpp"
#include "krgboot/net/pxelinux_name.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "follow.hpp"
#include "system/reading.hpp"

namespace krgboot {

namespace {

constexpr mode_t read_by_others = 0004;
constexpr mode_t search_by_others = 0001;

/// "a/b" of "a/b/pxelinux.0" with the slash; empty where there is none. pxelinux asks for everything else
/// below the folder that it was loaded from.
std::string folder_of(const std::string& filename) {
  auto slash = filename.rfind('/');
  return slash == std::string::npos ? "" : filename.substr(0, slash + 1);
}

/// A name that TFTP asks for, as a path inside the directory that the daemon is chrooted to; empty where it
/// has no such path.
std::string as_path(std::string_view name) {
  std::string path;
  for (auto part : split(name, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return {};
    path += '/';
    path += part;
  }
  return path;
}

/// Why in.tftpd would not hand this file out; empty where it would.
std::string why_not_served(const Root& tftp, const std::string& name) {
  auto path = as_path(name);
  if (path.empty()) return "the name leads out of the TFTP root";
  auto status = tftp.status_through_links(path);
  if (!status) return "it is not there";
  if (status->kind != FileKind::file) return "it is not a file";
  if ((status->mode & read_by_others) == 0)
    return "others may not read it, and the TFTP daemon serves only what others may";
  for (auto slash = path.rfind('/'); slash > 0; slash = path.rfind('/', slash - 1)) {
    auto folder = tftp.status_through_links(path.substr(0, slash));
    if (folder && (folder->mode & search_by_others) == 0) {
      return fmt::format("others may not enter {}", path.substr(0, slash));
    }
  }
  return {};
}

/// Has the file the boot header of an x86 kernel (Documentation/arch/x86/boot.rst)?
bool looks_like_linux(const Root& tftp, const std::string& path) {
  constexpr std::string_view magic = "HdrS";
  constexpr off_t magic_offset = 0x202;
  char bytes[magic.size()] = {};
  auto file = open_regular(tftp, path, LastLink::follow);
  auto count = !file ? -1 : pread(file->descriptor.get(), bytes, magic.size(), magic_offset);
  return count == static_cast<ssize_t>(magic.size()) && std::string_view(bytes, magic.size()) == magic;
}

}  // namespace

std::string Follower::in_tftp(const std::string& name) const {
  if (!name.empty() && name.front() == '/') return name;
  auto loader = filename_.front() == '/' ? filename_.substr(1) : filename_;
  return folder_of(loader) + name;
}

std::optional<std::string> Follower::read_served(const std::string& path) const {
  if (!why_not_served(*files_.tftp_directory, path).empty()) return std::nullopt;
  auto content = files_.tftp_directory->read_through_links(as_path(path));
  if (!content) return std::nullopt;
  return std::move(content->bytes);
}

bool Follower::served(Stage stage, const std::string& name) {
  auto path = in_tftp(name);
  if (path.size() > pxelinux::max_path_length) {
    say(stage, Status::broken, path,
        fmt::format("pxelinux asks for no path above {} characters", pxelinux::max_path_length));
    return false;
  }
  auto why_not = why_not_served(*files_.tftp_directory, path);
  if (!why_not.empty()) {
    say(stage, Status::broken, path, fmt::format("{}{}: {}", files_.tftp_root, as_path(path), why_not));
    return false;
  }
  return true;
}

bool Follower::loader() {
  if (cluster_.server().tftp != TftpDaemon::none) {
    if (!files_.tftp) {
      say(Stage::loader, Status::broken, filename_, files_.release.tftpd_defaults + " is not there",
          "apply the spec");
      return false;
    }
    say_all(Stage::loader, files_.tftp->diagnostics);
    if (files_.tftp->settings.run_daemon == false) {
      say(Stage::loader, Status::broken, filename_,
          files_.release.tftpd_defaults + " keeps the TFTP daemon from starting");
      return false;
    }
    if (files_.tftp_root != cluster_.server().tftp_root) {
      say(Stage::loader, Status::warning, fmt::format("TFTP serves {}", in_quotes(files_.tftp_root)),
          fmt::format("{}; the spec says {}", files_.release.tftpd_defaults, cluster_.server().tftp_root));
    }
    if (!files_.tftp->settings.secure) {
      say(Stage::loader, Status::warning, "TFTP takes names from the whole file system",
          files_.release.tftpd_defaults + " lacks --secure");
    }
  }
  if (!files_.tftp_directory) {
    say(Stage::loader, Status::broken, filename_,
        fmt::format("{} is not a directory", in_quotes(files_.tftp_root)));
    return false;
  }
  auto path = filename_.front() == '/' ? filename_.substr(1) : filename_;
  auto why_not = why_not_served(*files_.tftp_directory, path);
  if (!why_not.empty()) {
    say(Stage::loader, Status::broken, filename_, fmt::format("{}/{}: {}", files_.tftp_root, path, why_not));
    return false;
  }
  // pxelinux since 5 is in two pieces.
  constexpr std::string_view second = "ldlinux.c32";
  auto needs_second = !files_.release.ldlinux.empty() && base_name("/" + path) == "pxelinux.0";
  if (needs_second && !served(Stage::loader, std::string(second))) return false;
  say(Stage::loader, Status::ok, needs_second ? filename_ + " and ldlinux.c32" : filename_,
      "below " + files_.tftp_root);
  return true;
}

bool Follower::boot_file() {
  const auto& machine = trace_.machine;
  std::string text;
  std::string unreadable;
  for (const auto& name : pxelinux_search_order({machine.uuid, machine.mac, machine.address})) {
    auto path = in_tftp("pxelinux.cfg/" + name);
    auto state = BootFileCandidate::State::missing;
    auto why_not = why_not_served(*files_.tftp_directory, path);
    if (!why_not.empty()) {
      if (files_.tftp_directory->status(as_path(path))) {
        state = BootFileCandidate::State::unreadable;
        say(Stage::boot_file, Status::warning, name + " is passed over", why_not);
      }
    } else if (!trace_.boot_file.empty()) {
      state = BootFileCandidate::State::hidden;
    } else {
      state = BootFileCandidate::State::loaded;
      trace_.boot_file = name;
      text = read_served(path).value_or("");
    }
    trace_.boot_files.push_back({name, state});
  }
  if (trace_.boot_file.empty()) {
    say(Stage::boot_file, Status::broken, "none of the names it asks for is there",
        fmt::format("below {}/pxelinux.cfg", files_.tftp_root),
        "give the spec a default_boot, or the node a boot");
    return false;
  }
  std::string hidden;
  for (const auto& candidate : trace_.boot_files) {
    if (candidate.state == BootFileCandidate::State::hidden)
      hidden += (hidden.empty() ? "" : ", ") + candidate.name;
  }
  auto wanted = node_ == nullptr                       ? trace_.boot_file
                : cluster_.needs_own_boot_file(*node_) ? cluster_.boot_file_name(*node_)
                                                       : std::string(pxelinux_default);
  if (trace_.boot_file != wanted) {
    say(Stage::boot_file, Status::warning, fmt::format("{}, not {}", trace_.boot_file, wanted),
        "what the spec wants is not there or hidden", "see krgbootctl verify");
  } else {
    say(Stage::boot_file, Status::ok, trace_.boot_file, hidden.empty() ? "" : "hides " + hidden);
  }
  return label(text);
}

bool Follower::label(const std::string& text) {
  Diagnostics including;
  auto whole = pxelinux::with_includes(
      text, [&](const std::string& file) { return read_served(in_tftp(file)); }, including);
  say_all(Stage::boot_file, including);
  auto menu = pxelinux::Menu::parse(whole);
  for (auto finding : menu.diagnostics()) {
    finding.where.file = "pxelinux.cfg/" + trace_.boot_file;
    say_all(Stage::boot_file, {finding});
  }
  auto does = menu.unattended();
  using Outcome = pxelinux::Unattended::Outcome;
  switch (does.outcome) {
    case Outcome::boots_label:
      break;
    case Outcome::boots_file:
      say(Stage::boot_file, Status::broken, in_quotes(does.command), "DEFAULT names no LABEL of this file");
      return false;
    case Outcome::runs_module:
      say(Stage::boot_file, Status::broken, in_quotes(does.command), "what this module boots cannot be told");
      return false;
    case Outcome::waits:
      say(Stage::boot_file, Status::broken, "waits for somebody at the keyboard");
      return false;
    case Outcome::has_no_default:
      say(Stage::boot_file, Status::broken, "it names nothing to boot by DEFAULT");
      return false;
  }
  trace_.label = does.label->name;
  auto loading = menu.load(*does.label,
                           {trace_.machine.address, next_server_, std::nullopt, std::nullopt,
                            trace_.machine.mac, trace_.machine.uuid},
                           does.arguments);
  if (!loading.problem.empty()) {
    say(Stage::boot_file, Status::broken, "LABEL " + trace_.label, loading.problem);
    return false;
  }
  trace_.kernel = loading.file;
  trace_.initrds = loading.initrds;
  trace_.command_line = loading.command_line;
  if (loading.kind != pxelinux::FileKind::linux_kernel) {
    say(Stage::kernel, Status::broken, loading.file,
        fmt::format("pxelinux takes it as {}", pxelinux::to_string(loading.kind)),
        "name it with LINUX instead of KERNEL");
    return false;
  }
  if (!served(Stage::kernel, trace_.kernel)) return false;
  if (!looks_like_linux(*files_.tftp_directory, as_path(in_tftp(trace_.kernel)))) {
    say(Stage::kernel, Status::warning, trace_.kernel, "it does not look like a Linux kernel for PCs",
        "bytes 0x202 to 0x205 should be HdrS");
  } else {
    say(Stage::kernel, Status::ok, trace_.kernel, "LABEL " + trace_.label);
  }
  auto all_there = true;
  for (const auto& initrd : trace_.initrds) {
    if (served(Stage::initrd, initrd)) {
      say(Stage::initrd, Status::ok, initrd);
    } else {
      all_there = false;
    }
  }
  return all_there;
}

}  // namespace krgboot
