#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/boot_program.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"
#include "krgboot/formats/loader/pxelinux/modules.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"
#include "krgboot/formats/loader/pxelinux/name.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

#include "follow.hpp"
#include "system/reading.hpp"

namespace krgboot {

namespace {

/// "a/b/" of "a/b/pxelinux.0", "lab_" of "lab_pxelinux.0": pxelinux puts before every name that it asks for
/// what stands in its own before the last letters, digits, dots and hyphens (get_prefix() of syslinux'
/// pxe.c).
std::string folder_of(const std::string& filename) {
  constexpr std::string_view name = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
  auto end = filename.find_last_not_of(name);
  return end == std::string::npos ? "" : filename.substr(0, end + 1);
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

/// Its own folder, or what DHCP gives in its place, stands before all names but whole ones.
pxelinux::FileName Follower::whole_name(const std::string& name) const {
  auto file = pxelinux::parse_file_name(name);
  return file.whole ? file : pxelinux::parse_file_name(loader_folder() + name);
}

std::string Follower::in_tftp(const std::string& name) const {
  return whole_name(name).path;
}

/// Is it on another server, or fetched otherwise than by TFTP?
bool Follower::is_elsewhere(const std::string& name) const {
  auto file = whole_name(name);
  if (!file.by_tftp()) return true;
  return file.server && Ipv4Address::parse(*file.server) != next_server_.value_or(cluster_.server().address);
}

std::string Follower::loader_folder() const {
  if (!path_prefix_.empty()) return path_prefix_;
  return folder_of(filename_.front() == '/' ? filename_.substr(1) : filename_);
}

std::optional<std::string> Follower::read_served(const std::string& path) const {
  if (refused(path)) return std::nullopt;
  auto content = files_.tftp_directory->read_through_links(as_tftp_path(path));
  if (!content) return std::nullopt;
  return std::move(content->bytes);
}

bool Follower::served(Stage stage, const std::string& name) {
  if (is_elsewhere(name)) {
    say_elsewhere(stage, name);
    return false;
  }
  auto path = in_tftp(name);
  if (path.size() > pxelinux::max_path_length) {
    say(stage, Status::broken, path,
        fmt::format("pxelinux asks for no path above {} characters", pxelinux::max_path_length));
    return false;
  }
  if (refused(path)) return say_refused(stage, path, path), false;
  return true;
}

void Follower::say_elsewhere(Stage stage, const std::string& name) {
  say(stage, Status::unknown, name,
      "it comes from another server, or not by TFTP: krgboot does not follow it");
}

std::optional<NotServed> Follower::refused(const std::string& path) const {
  auto found = not_served(*files_.tftp_directory, path, tftp_reader_);
  if (!found) return found;
  if (!found->sure) found->why += "; krgboot does not know whether in.tftpd's user may";
  if (tftp_renames_) *found = {found->why + "; the map file may lead to another file", false};
  return found;
}

void Follower::say_refused(Stage stage, const std::string& what, const std::string& path,
                           const std::string& hint) {
  auto found = refused(path);
  if (!found) return;
  say(stage, found->sure ? Status::broken : Status::unknown, what,
      fmt::format("{}{}: {}", files_.tftp_root, as_tftp_path(path), found->why), hint);
}

std::vector<Follower::AskedFile> Follower::asked_files() const {
  const auto& machine = trace_.machine;
  std::vector<AskedFile> files;
  if (!config_file_.empty()) files.push_back({config_file_, config_file_});
  for (auto& name : pxelinux_search_order({machine.uuid, machine.mac, machine.address})) {
    auto path = "pxelinux.cfg/" + name;
    files.push_back({std::move(name), std::move(path)});
  }
  return files;
}

bool Follower::boot_file() {
  std::string text;
  std::string loaded;
  bool maybe = false;  // one before it is loaded
  for (const auto& asked : asked_files()) {
    const auto& name = asked.name;
    if (is_elsewhere(asked.path)) {
      if (!trace_.boot_file.empty()) continue;
      say_elsewhere(Stage::boot_file, asked.path);
      return false;
    }
    auto path = in_tftp(asked.path);
    auto state = BootFileCandidate::State::missing;
    if (auto found = refused(path)) {
      if (auto at = as_tftp_path(path); !at.empty() && files_.tftp_directory->status(at)) {
        state = BootFileCandidate::State::unreadable;
        if (!found->sure && trace_.boot_file.empty()) {
          maybe = true;
          say_refused(Stage::boot_file, name, path);
        } else {
          say(Stage::boot_file, Status::warning, name + " is passed over", found->why);
        }
      }
    } else if (!trace_.boot_file.empty()) {
      state = BootFileCandidate::State::hidden;
    } else {
      state = BootFileCandidate::State::loaded;
      trace_.boot_file = name;
      loaded = asked.path;
      text = read_served(path).value_or("");
    }
    if (asked.path == config_file_ && state == BootFileCandidate::State::missing) {
      say(Stage::boot_file, Status::warning, in_quotes(name) + " is not there",
          "DHCP's option 209 names it, and pxelinux goes on with the usual names");
    }
    trace_.boot_files.push_back({name, state});
  }
  near_misses();
  if (trace_.boot_file.empty()) return !maybe && no_boot_file();
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
  return label(text, loaded);
}

bool Follower::no_boot_file() {
  auto folder = loader_folder();
  std::string hint = "give the spec a default_boot, or the node a boot";
  if (!folder.empty() && files_.tftp_directory->status_through_links("/pxelinux.cfg")) {
    auto is_one = path_prefix_.empty() && std::count(folder.begin(), folder.end(), '/') == 1;
    hint = fmt::format("pxelinux looks {}, but {}/pxelinux.cfg is {}: move one of them",
                       path_prefix_.empty() ? "in its own directory" : "where DHCP's option 210 says",
                       files_.tftp_root, is_one ? "in the directory above" : "elsewhere");
  }
  say(Stage::boot_file, tftp_renames_ ? Status::unknown : Status::broken,
      "none of the names it asks for is there",
      fmt::format("below {}/{}pxelinux.cfg", files_.tftp_root, folder), hint);
  return false;
}

// A name that only a person takes for one of those that are asked for.
void Follower::near_misses() {
  auto plain = [](std::string_view name) {
    auto text = to_lower(name);
    std::replace(text.begin(), text.end(), ':', '-');
    constexpr std::string_view ethernet = "01-";
    return text.substr(0, ethernet.size()) == ethernet ? text.substr(ethernet.size()) : text;
  };
  std::map<std::string, std::string> asked;
  for (const auto& candidate : trace_.boot_files) asked.emplace(plain(candidate.name), candidate.name);
  auto directory = as_tftp_path(in_tftp("pxelinux.cfg"));
  if (directory.empty()) return;
  auto names = files_.tftp_directory->list_directory(directory);
  for (const auto& name : names.value_or(std::vector<std::string>{})) {
    auto found = asked.find(plain(name));
    if (found == asked.end() || found->second == name) continue;
    auto twin = [&](const BootFileCandidate& candidate) {
      return candidate.name == found->second && candidate.state != BootFileCandidate::State::missing;
    };
    if (std::any_of(trace_.boot_files.begin(), trace_.boot_files.end(), twin)) continue;
    say(Stage::boot_file, Status::warning, fmt::format("{} is not asked for", in_quotes(name)),
        "pxelinux asks for " + found->second, "rename it");
  }
}

bool Follower::label(const std::string& text, const std::string& path) {
  Diagnostics including;
  auto whole = pxelinux::with_includes(
      text, path,
      [&](const std::string& file) -> std::optional<std::string> {
        if (!is_elsewhere(file)) return read_served(in_tftp(file));
        say_elsewhere(Stage::boot_file, file);
        return std::nullopt;
      },
      including);
  say_all(Stage::boot_file, including);
  auto menu = pxelinux::Menu::parse(whole.text);
  auto findings = menu.diagnostics();
  for (auto& finding : findings) finding.where = whole.origin(finding.where.position);
  say_all(Stage::boot_file, findings);
  auto does = menu.unattended();
  if (!what_boots_by_itself(does)) return false;
  pxelinux::Label file;
  file.kernel = does.command;
  const auto& chosen = does.label == nullptr ? file : *does.label;
  trace_.label = chosen.name;
  if (auto module = menu.menu_module(); !module.empty() && !modules_there(menu, module, Stage::boot_file))
    return false;
  auto loading = menu.load(chosen,
                           {trace_.machine.address, next_server_, std::nullopt, std::nullopt,
                            trace_.machine.mac, trace_.machine.uuid},
                           does.arguments);
  if (!loading.problem.empty()) {
    say(Stage::boot_file, Status::broken, "LABEL " + chosen.title, loading.problem);
    return false;
  }
  trace_.kernel = loading.file;
  trace_.initrds = loading.initrds;
  trace_.command_line = loading.command_line;
  if (!kernel_file(menu, loading, chosen.kind)) return false;
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

bool Follower::what_boots_by_itself(const pxelinux::Unattended& does) {
  using Outcome = pxelinux::Unattended::Outcome;
  switch (does.outcome) {
    case Outcome::boots_label:
      return true;
    case Outcome::boots_file:
      say(Stage::boot_file, Status::warning, in_quotes(does.command),
          "there is no such LABEL: pxelinux loads the file of that name, with the words behind it as command "
          "line");
      return true;
    case Outcome::runs_module:
      say(Stage::boot_file, Status::unknown, in_quotes(does.command),
          "what this module boots cannot be told");
      return false;
    case Outcome::waits:
      say(Stage::boot_file, Status::broken, "waits for somebody at the keyboard");
      return false;
    case Outcome::has_no_default:
      say(Stage::boot_file, Status::broken, "it names nothing to boot by DEFAULT");
      return false;
  }
  throw InternalError("an outcome that nobody knows");
}

// A module that cannot be loaded leaves pxelinux at its prompt.
bool Follower::modules_there(const pxelinux::Menu& menu, const std::string& module, Stage stage) {
  // Before version 5 a module has all in itself.
  auto files = loader_in_pieces_ ? pxelinux::libraries_of(module) : std::vector<std::string>();
  files.insert(files.begin(), module);
  auto all_there = true;
  for (const auto& file : files) {
    std::vector<std::string> places{in_tftp(file)};
    for (const auto& directory : menu.path())
      places.push_back(in_tftp(fmt::format("{}/{}", directory, file)));
    auto there = [&](const std::string& place) { return !refused(place); };
    if (std::any_of(places.begin(), places.end(), there)) continue;
    all_there = false;
    say_refused(stage, file, places.front(),
                file == module ? "copy it from the package syslinux-common" : module + " needs it");
  }
  return all_there;
}

bool Follower::module(const pxelinux::Menu& menu, const pxelinux::Loading& loading) {
  if (!modules_there(menu, loading.file, Stage::kernel)) return false;
  constexpr std::string_view chain = "chain.c32";
  if (loading.file.substr(loading.file.rfind('/') + 1) == chain) {
    say(Stage::kernel, Status::broken, loading.file, "it boots from a disk, which a node does not have");
  } else {
    say(Stage::kernel, Status::unknown, loading.file,
        "it is a COM32 module: what that boots is not followed");
  }
  return false;
}

bool Follower::kernel_file(const pxelinux::Menu& menu, const pxelinux::Loading& loading,
                           pxelinux::FileKind asked) {
  using Kind = pxelinux::FileKind;
  if (loading.kind == Kind::localboot) {
    say(Stage::kernel, Status::broken, "LOCALBOOT " + loading.file,
        "it boots the next device, usually the disk, which a node does not have");
    return false;
  }
  if (loading.kind == Kind::com32) return module(menu, loading);
  auto program = identify_boot_program(loading.file, "").kind;
  // What was meant for a kernel, and only its name's end makes it something else.
  auto by_ending = asked == Kind::by_extension && loading.kind != Kind::linux_kernel;
  auto mistaken = by_ending && (loading.kind != Kind::pxe || program == BootProgram::Kind::other);
  if (mistaken) {
    say(Stage::kernel, Status::broken, loading.file,
        fmt::format("pxelinux takes it as {}", pxelinux::to_string(loading.kind)),
        "name it with LINUX instead of KERNEL");
    return false;
  }
  if (!served(Stage::kernel, loading.file)) return false;
  if (program != BootProgram::Kind::other || loading.kind != Kind::linux_kernel) {
    auto what =
        program == BootProgram::Kind::other ? "a " + pxelinux::to_string(loading.kind) : to_string(program);
    say(Stage::kernel, Status::unknown, loading.file,
        fmt::format("it is {}: what that boots is not followed", what));
    return false;
  }
  if (!looks_like_linux(*files_.tftp_directory, as_tftp_path(in_tftp(trace_.kernel)))) {
    say(Stage::kernel, Status::warning, trace_.kernel, "it does not look like a Linux kernel for PCs",
        "bytes 0x202 to 0x205 should be HdrS");
  } else {
    say(Stage::kernel, Status::ok, trace_.kernel, trace_.label.empty() ? "" : "LABEL " + trace_.label);
  }
  return true;
}

}  // namespace krgboot
