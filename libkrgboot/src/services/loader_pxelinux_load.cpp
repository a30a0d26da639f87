#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/boot_program.hpp"
#include "krgboot/formats/loader/pxelinux/file_name.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"
#include "krgboot/formats/loader/pxelinux/modules.hpp"
#include "krgboot/formats/loader/pxelinux/name.hpp"
#include "krgboot/formats/loader/pxelinux/render.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/path_text.hpp"
#include "services/loader_pxelinux.hpp"
#include "services/say.hpp"

namespace krgboot {

namespace {

/// The part of the loader's own name that pxelinux puts before every name that it requests: all up to the
/// final run of letters, digits, dots and hyphens (get_prefix() in syslinux' pxe.c). "a/b/" for
/// "a/b/pxelinux.0", "lab_" for "lab_pxelinux.0".
std::string prefix_of(const std::string& filename) {
  constexpr std::string_view name = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
  auto end = filename.find_last_not_of(name);
  return end == std::string::npos ? "" : filename.substr(0, end + 1);
}

/// Does the file have the boot header of an x86 kernel (Documentation/arch/x86/boot.rst)?
bool looks_like_linux(std::string_view head) {
  constexpr std::string_view magic = "HdrS";
  constexpr std::size_t offset = 0x202;
  return head.size() >= offset + magic.size() && head.substr(offset, magic.size()) == magic;
}

/// The pxelinux of one machine, from its own start to the start of a kernel.
class Pxelinux {
 public:
  explicit Pxelinux(const LoadRequest& request) : request_(request), files_(request.files) {}

  Loaded result() {
    if (start() && read_boot_files()) loaded_.starts_kernel = boot();
    return std::move(loaded_);
  }

 private:
  void say(BootStage stage, StepStatus status, std::string what, std::string why = "",
           std::string hint = "") {
    loaded_.steps.push_back({stage, status, std::move(what), std::move(why), std::move(hint)});
  }

  // pxelinux 5 and later consists of two files.
  bool start() {
    auto program = identify_boot_program(request_.program, files_.head(request_.program, boot_program_head));
    constexpr unsigned first_in_pieces = 5;
    in_pieces_ = program.version == 0 ? request_.view.server.release != ReleaseName::lenny &&
                                            program.kind != BootProgram::Kind::gpxelinux
                                      : program.version >= first_in_pieces;
    if (in_pieces_ && !served(BootStage::loader, std::string(pxelinux_second_part))) return false;
    say(BootStage::loader, StepStatus::ok,
        in_pieces_ ? fmt::format("{} and {}", request_.program, pxelinux_second_part) : request_.program,
        "below " + files_.root());
    return true;
  }

  // Names.

  /// The prefix of all names that are not complete: pxelinux' own directory, or the path prefix from DHCP.
  std::string prefix() const {
    if (!request_.path_prefix.empty()) return request_.path_prefix;
    const auto& program = request_.program;
    return prefix_of(program.starts_with('/') ? program.substr(1) : program);
  }
  pxelinux::FileName whole_name(const std::string& name) const {
    auto file = pxelinux::parse_file_name(name);
    return file.whole ? file : pxelinux::parse_file_name(prefix() + name);
  }
  std::string in_tftp(const std::string& name) const { return whole_name(name).path; }

  /// Is the file on another server, or fetched by another protocol than TFTP?
  bool is_elsewhere(const std::string& name) const {
    auto file = whole_name(name);
    if (!file.by_tftp()) return true;
    return file.server &&
           Ipv4Address::parse(*file.server) != request_.next_server.value_or(request_.view.server.address);
  }

  // Files.

  void say_elsewhere(BootStage stage, const std::string& name) {
    say(stage, StepStatus::unknown, name,
        "it comes from another server, or not by TFTP: krgboot does not follow it");
  }

  void say_refused(BootStage stage, const std::string& what, const std::string& name,
                   const std::string& hint = "") {
    auto found = files_.refused(name);
    if (!found) return;
    say(stage, found->sure ? StepStatus::broken : StepStatus::unknown, what,
        fmt::format("{}{}: {}", files_.root(), files_.path(name), found->why), hint);
  }

  bool served(BootStage stage, const std::string& name) {
    if (is_elsewhere(name)) {
      say_elsewhere(stage, name);
      return false;
    }
    auto path = in_tftp(name);
    if (path.size() > pxelinux::max_path_length) {
      say(stage, StepStatus::broken, path,
          fmt::format("pxelinux asks for no path above {} characters", pxelinux::max_path_length));
      return false;
    }
    if (files_.refused(path)) return say_refused(stage, path, path), false;
    return true;
  }

  LoadedFile loaded_file(const std::string& name) const {
    return {name, is_elsewhere(name) ? "" : files_.path(in_tftp(name))};
  }

  // Boot files.

  struct AskedFile {
    std::string name;  // as pxelinux shows it
    std::string path;  // relative to pxelinux' own directory
  };
  std::vector<AskedFile> asked_files() const {
    std::vector<AskedFile> files;
    if (!request_.config_file.empty()) files.push_back({request_.config_file, request_.config_file});
    for (auto& name : pxelinux_search_order({request_.uuid, request_.mac, request_.address})) {
      auto path = fmt::format("{}/{}", pxelinux_folder, name);
      files.push_back({std::move(name), std::move(path)});
    }
    return files;
  }

  /// False if no boot file is loaded, or if krgboot cannot determine which.
  bool read_boot_files() {
    bool maybe = false;  // an earlier one may be loaded
    for (const auto& asked : asked_files()) {
      if (is_elsewhere(asked.path)) {
        if (!loaded_.boot_file.empty()) continue;
        say_elsewhere(BootStage::boot_file, asked.path);
        return false;
      }
      auto state = look_at(asked, maybe);
      if (asked.path == request_.config_file && state == BootFileCandidate::State::missing) {
        say(BootStage::boot_file, StepStatus::warning, in_quotes(asked.name) + " is not there",
            "DHCP's option 209 names it, and pxelinux goes on with the usual names");
      }
      loaded_.boot_files.push_back({asked.name, state});
    }
    near_misses();
    if (loaded_.boot_file.empty()) return !maybe && no_boot_file();
    say_which();
    return true;
  }

  BootFileCandidate::State look_at(const AskedFile& asked, bool& maybe) {
    using State = BootFileCandidate::State;
    auto path = in_tftp(asked.path);
    if (auto found = files_.refused(path)) {
      if (!files_.exists(path)) return State::missing;
      if (!found->sure && loaded_.boot_file.empty()) {
        maybe = true;
        say_refused(BootStage::boot_file, asked.name, path);
      } else {
        say(BootStage::boot_file, StepStatus::warning, asked.name + " is passed over", found->why);
      }
      return State::unreadable;
    }
    if (!loaded_.boot_file.empty()) return State::hidden;
    loaded_.boot_file = asked.name;
    loaded_path_ = asked.path;
    return State::loaded;
  }

  void say_which() {
    std::string hidden;
    for (const auto& candidate : loaded_.boot_files) {
      if (candidate.state == BootFileCandidate::State::hidden)
        hidden += (hidden.empty() ? "" : ", ") + candidate.name;
    }
    auto wanted = loaded_.boot_file;
    if (request_.node != nullptr) {
      auto own = request_.view.cluster.needs_own_boot_file(*request_.node);
      wanted = own ? loader_pxelinux().boot_file(*request_.node) : loader_pxelinux().default_boot_file();
      wanted = file_name_of(wanted);
    }
    if (loaded_.boot_file != wanted) {
      say(BootStage::boot_file, StepStatus::warning, fmt::format("{}, not {}", loaded_.boot_file, wanted),
          "what the spec wants is not there or hidden", "verify the spec");
    } else {
      say(BootStage::boot_file, StepStatus::ok, loaded_.boot_file, hidden.empty() ? "" : "hides " + hidden);
    }
  }

  bool no_boot_file() {
    auto folder = prefix();
    std::string hint = "give the spec a default_boot, or the node a boot";
    if (!folder.empty() && files_.exists(pxelinux_folder)) {
      auto is_one = request_.path_prefix.empty() && std::count(folder.begin(), folder.end(), '/') == 1;
      hint =
          fmt::format("pxelinux looks {}, but {}/{} is {}: move one of them",
                      request_.path_prefix.empty() ? "in its own directory" : "where DHCP's option 210 says",
                      files_.root(), pxelinux_folder, is_one ? "in the directory above" : "elsewhere");
    }
    say(BootStage::boot_file, files_.renames() ? StepStatus::unknown : StepStatus::broken,
        "none of the names it asks for is there",
        fmt::format("below {}/{}{}", files_.root(), folder, pxelinux_folder), hint);
    return false;
  }

  // Reports files with names that resemble a requested name but differ from it.
  void near_misses() {
    auto plain = [](std::string_view name) {
      auto text = to_lower(name);
      std::replace(text.begin(), text.end(), ':', '-');
      constexpr std::string_view ethernet = "01-";
      return text.starts_with(ethernet) ? text.substr(ethernet.size()) : text;
    };
    std::map<std::string, std::string> asked;
    for (const auto& candidate : loaded_.boot_files) asked.emplace(plain(candidate.name), candidate.name);
    for (const auto& name : files_.list(in_tftp(std::string(pxelinux_folder)))) {
      auto found = asked.find(plain(name));
      if (found == asked.end() || found->second == name) continue;
      auto twin = [&](const BootFileCandidate& candidate) {
        return candidate.name == found->second && candidate.state != BootFileCandidate::State::missing;
      };
      if (std::any_of(loaded_.boot_files.begin(), loaded_.boot_files.end(), twin)) continue;
      say(BootStage::boot_file, StepStatus::warning, fmt::format("{} is not asked for", in_quotes(name)),
          "pxelinux asks for " + found->second, "rename it");
    }
  }

  // The contents of the boot file.

  bool boot() {
    Diagnostics including;
    auto read = [&](const std::string& file) -> std::optional<std::string> {
      if (!is_elsewhere(file)) return files_.read(in_tftp(file));
      say_elsewhere(BootStage::boot_file, file);
      return std::nullopt;
    };
    auto text = files_.read(in_tftp(loaded_path_)).value_or("");
    auto whole = pxelinux::with_includes(text, loaded_path_, read, including);
    say_all(loaded_.steps, BootStage::boot_file, including);
    auto menu = pxelinux::Menu::parse(whole.text);
    auto findings = menu.diagnostics();
    for (auto& finding : findings) finding.where = whole.origin(finding.where.position);
    say_all(loaded_.steps, BootStage::boot_file, findings);
    auto does = menu.unattended();
    if (!what_boots_by_itself(does)) return false;
    pxelinux::Label file;
    file.kernel = does.command;
    return boot_label(menu, does.label == nullptr ? file : *does.label, does.arguments);
  }

  bool boot_label(const pxelinux::Menu& menu, const pxelinux::Label& label, const std::string& arguments) {
    loaded_.label = label.name;
    if (auto module = menu.menu_module();
        !module.empty() && !modules_there(menu, module, BootStage::boot_file))
      return false;
    auto loading = menu.load(
        label,
        {request_.address, request_.next_server, std::nullopt, std::nullopt, request_.mac, request_.uuid},
        arguments);
    if (!loading.problem.empty()) {
      say(BootStage::boot_file, StepStatus::broken, "LABEL " + label.title, loading.problem);
      return false;
    }
    loaded_.kernel = loaded_file(loading.file);
    for (const auto& initrd : loading.initrds) loaded_.initrds.push_back(loaded_file(initrd));
    loaded_.command_line = loading.command_line;
    if (!kernel_file(menu, loading, label.kind)) return false;
    auto all_there = true;
    for (const auto& initrd : loading.initrds) {
      if (served(BootStage::initrd, initrd)) {
        say(BootStage::initrd, StepStatus::ok, initrd);
      } else {
        all_there = false;
      }
    }
    return all_there;
  }

  bool what_boots_by_itself(const pxelinux::Unattended& does) {
    using Outcome = pxelinux::Unattended::Outcome;
    constexpr auto stage = BootStage::boot_file;
    switch (does.outcome) {
      case Outcome::boots_label:
        return true;
      case Outcome::boots_file:
        say(stage, StepStatus::warning, in_quotes(does.command),
            "there is no such LABEL: pxelinux loads the file of that name, with the words behind it as "
            "command "
            "line");
        return true;
      case Outcome::runs_module:
        say(stage, StepStatus::unknown, in_quotes(does.command), "what this module boots cannot be told");
        return false;
      case Outcome::waits:
        say(stage, StepStatus::broken, "waits for somebody at the keyboard");
        return false;
      case Outcome::has_no_default:
        say(stage, StepStatus::broken, "it names nothing to boot by DEFAULT");
        return false;
    }
    throw InternalError("an outcome that nobody knows");
  }

  // If a module cannot be loaded, pxelinux stays at its prompt.
  bool modules_there(const pxelinux::Menu& menu, const std::string& module, BootStage stage) {
    // Before version 5 a module needs no libraries.
    auto files = in_pieces_ ? pxelinux::libraries_of(module) : std::vector<std::string>();
    files.insert(files.begin(), module);
    auto all_there = true;
    for (const auto& file : files) {
      std::vector<std::string> places{in_tftp(file)};
      for (const auto& directory : menu.path())
        places.push_back(in_tftp(fmt::format("{}/{}", directory, file)));
      auto there = [&](const std::string& place) { return !files_.refused(place); };
      if (std::any_of(places.begin(), places.end(), there)) continue;
      all_there = false;
      say_refused(stage, file, places.front(),
                  file == module ? "copy it from the package syslinux-common" : module + " needs it");
    }
    return all_there;
  }

  bool module(const pxelinux::Menu& menu, const pxelinux::Loading& loading) {
    if (!modules_there(menu, loading.file, BootStage::kernel)) return false;
    constexpr std::string_view chain = "chain.c32";
    if (file_name_of(loading.file) == chain) {
      say(BootStage::kernel, StepStatus::broken, loading.file,
          "it boots from a disk, which a node does not have");
    } else {
      say(BootStage::kernel, StepStatus::unknown, loading.file,
          "it is a COM32 module: what that boots is not followed");
    }
    return false;
  }

  bool kernel_file(const pxelinux::Menu& menu, const pxelinux::Loading& loading, pxelinux::FileKind asked) {
    using Kind = pxelinux::FileKind;
    constexpr auto stage = BootStage::kernel;
    if (loading.kind == Kind::localboot) {
      say(stage, StepStatus::broken, "LOCALBOOT " + loading.file,
          "it boots the next device, usually the disk, which a node does not have");
      return false;
    }
    if (loading.kind == Kind::com32) return module(menu, loading);
    auto program = identify_boot_program(loading.file, "").kind;
    // Meant as a kernel, but the end of the name gives the file another type.
    auto by_ending = asked == Kind::by_extension && loading.kind != Kind::linux_kernel;
    if (by_ending && (loading.kind != Kind::pxe || program == BootProgram::Kind::other)) {
      say(stage, StepStatus::broken, loading.file,
          fmt::format("pxelinux takes it as {}", pxelinux::to_string(loading.kind)),
          "name it with LINUX instead of KERNEL");
      return false;
    }
    if (!served(stage, loading.file)) return false;
    if (program != BootProgram::Kind::other || loading.kind != Kind::linux_kernel) {
      auto what =
          program == BootProgram::Kind::other ? "a " + pxelinux::to_string(loading.kind) : to_string(program);
      say(stage, StepStatus::unknown, loading.file,
          fmt::format("it is {}: what that boots is not followed", what));
      return false;
    }
    constexpr std::size_t boot_header = 0x206;
    if (!looks_like_linux(files_.head(in_tftp(loading.file), boot_header))) {
      say(stage, StepStatus::warning, loading.file, "it does not look like a Linux kernel for PCs",
          "bytes 0x202 to 0x205 should be HdrS");
    } else {
      say(stage, StepStatus::ok, loading.file, loaded_.label.empty() ? "" : "LABEL " + loaded_.label);
    }
    return true;
  }

  const LoadRequest& request_;
  const ServedFiles& files_;
  Loaded loaded_;
  std::string loaded_path_;  // of the boot file, relative to pxelinux' own directory
  bool in_pieces_ = false;   // version 5 or later: ldlinux.c32, and libraries for modules
};

}  // namespace

// RFC 5071. Only gPXE needs option 208. Option 211 is the time before a reboot if no boot file is found.
std::vector<TraceStep> check_offer_for_pxelinux(const Offer& offer) {
  std::vector<TraceStep> steps;
  auto given = false;
  for (auto code : {dhcp_option::config_file, dhcp_option::path_prefix}) {
    const auto* value = offer.option(code);
    if (value == nullptr) continue;
    if (!value->exact) {
      steps.push_back({BootStage::dhcp, StepStatus::unknown, fmt::format("option {} is an expression", code),
                       value->where, "only the DHCP server can work it out"});
    } else if (!value->text.empty()) {
      given = true;
    }
  }
  if (given && !offer.sends_unasked) {
    steps.push_back(
        {BootStage::dhcp, StepStatus::warning, "the DHCP server sends options 209 and 210 only on request",
         "boot ROMs do not request them, and pxelinux reads the answer that the boot ROM got",
         "set option dhcp-parameter-request-list as syslinux's documentation of pxelinux has it"});
  }
  return steps;
}

Loaded load_pxelinux(const LoadRequest& request) {
  return Pxelinux(request).result();
}

}  // namespace krgboot
