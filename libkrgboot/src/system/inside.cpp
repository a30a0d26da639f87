#include "krgboot/system/inside.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image_mounts.hpp"
#include "opening.hpp"
#include "outbound_network.hpp"
#include "path.hpp"
#include "placeholder.hpp"

namespace krgboot {

namespace {

constexpr const char* search_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::size_t host_name_limit = 64;  // HOST_NAME_MAX of Linux

/// For invoke-rc.d(8): exit status 101 forbids the action.
constexpr const char* policy =
    "#!/bin/sh\n# Services must not start while the image is worked on.\nexit 101\n";

using Variables = std::vector<std::pair<std::string, std::string>>;

void set(Variables& variables, const std::string& name, const std::string& value) {
  auto found = std::find_if(variables.begin(), variables.end(),
                            [&](const auto& variable) { return variable.first == name; });
  if (found == variables.end()) {
    variables.emplace_back(name, value);
  } else {
    found->second = value;
  }
}

/// Sets the locale variables as pam_env(8) does: from lines NAME=VALUE, with or without quotes.
void set_locale_of_image(Variables& variables, const Root& image) {
  std::optional<FileContent> file;
  for (const auto* path : {"/etc/default/locale", "/etc/locale.conf"}) {
    try {
      if (!file) file = image.read_through_links(path, 65536);
    } catch (const IoError&) {
      continue;  // a directory or device sets no locale
    }
  }
  if (!file) return;
  for (auto line : split_lines(file->bytes)) {
    line = trim(line);
    auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    auto name = line.substr(0, equals);
    auto value = line.substr(equals + 1);
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    auto is_locale = name == "LANG" || name == "LANGUAGE" || name.substr(0, 3) == "LC_";
    if (is_locale && value.find('\0') == std::string_view::npos)
      set(variables, std::string(name), std::string(value));
  }
}

std::vector<std::string> environment_of(const Root& image, const InsideOptions& options, bool in_terminal) {
  const char* terminal = in_terminal ? getenv("TERM") : nullptr;
  Variables variables{{"PATH", search_path},   {"HOME", "/root"},
                      {"USER", "root"},        {"LOGNAME", "root"},
                      {"SHELL", "/bin/sh"},    {"TERM", terminal == nullptr ? "dumb" : terminal},
                      {"SYSTEMD_OFFLINE", "1"}};
  if (options.locale.empty()) {
    set_locale_of_image(variables, image);
  } else {
    set(variables, "LC_ALL", options.locale);
  }
  if (options.noninteractive) set(variables, "DEBIAN_FRONTEND", "noninteractive");
  for (const auto& [name, value] : options.run.environment) set(variables, name, value);
  std::vector<std::string> result;
  for (const auto& [name, value] : variables) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

bool is_program(const Root& image, const std::string& path) {
  auto status = image.status_through_links(path);
  return status && status->kind == FileKind::file && (status->mode & 0111U) != 0;
}

std::string program_in(const Root& image, const std::string& name, const InsideOptions& options) {
  if (name.find('/') != std::string::npos) {
    check_path(name);
    if (is_program(image, name)) return name;
    throw IoError("run", image.describe(name), ENOENT);
  }
  std::string_view places = search_path;
  for (const auto& [variable, value] : options.run.environment) {
    if (variable == "PATH") places = value;
  }
  for (auto place : split(places, ':')) {
    if (place.empty() || place.front() != '/') continue;
    while (place.size() > 1 && place.back() == '/') place.remove_suffix(1);
    auto path = joined_path(place, name);
    if (is_program(image, path)) return path;
  }
  throw IoError("run", name, ENOENT, fmt::format("{} has no such program", image.host_path().native()));
}

/// "/NFSROOT/kerrighed" -> "kerrighed"; characters that a host name cannot contain become '-'.
std::string host_name_of(const Root& image, const std::string& wanted) {
  if (wanted.size() > host_name_limit || has_control(wanted))
    throw ArgumentError("inside.host_name", wanted, fmt::format("{} is no host name", in_quotes(wanted)));
  if (!wanted.empty()) return wanted;
  auto name = image.host_path().filename().string().substr(0, host_name_limit);
  for (auto& character : name) {
    auto fits = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                (character >= '0' && character <= '9') || character == '-';
    if (!fits) character = '-';
  }
  auto first = name.find_first_not_of('-');
  if (first == std::string::npos) return "image";
  return name.substr(first, name.find_last_not_of('-') - first + 1);
}

std::string name_servers(const InsideOptions& options) {
  if (options.resolv_conf) return *options.resolv_conf;
  auto file = Root("/").read_through_links("/etc/resolv.conf");
  auto of_host = file ? file->bytes : "";
  return options.network == InsideNetwork::outbound ? OutboundNetwork::resolv_conf(of_host) : of_host;
}

/// Reads the ELF header (elf(5)) of the shell that the image's scripts need.
bool is_32_bit(const Root& image) {
  constexpr std::size_t header = 5;
  auto shell = image.open("/bin/sh", O_PATH, LastLink::follow);
  if (!shell) return false;
  FileDescriptor file(open_found(shell.get(), O_RDONLY | O_CLOEXEC));
  std::array<char, header> bytes{};
  if (!file || ::read(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(header)) return false;
  return std::string_view(bytes.data(), SELFMAG) == ELFMAG && bytes[EI_CLASS] == ELFCLASS32;
}

ShownTree shown(const Bind& bind) {
  check_path(bind.source.native());
  check_path(bind.target.native());
  struct stat source {};
  if (stat(bind.source.c_str(), &source) != 0)
    throw ArgumentError(
        "sandbox.bind", bind.target,
        fmt::format("cannot show {} at {}: {}", in_quotes(bind.source.native()),
                    in_quotes(bind.target.native()), IoError("stat", bind.source, errno).what()));
  return {bind.source, bind.target, bind.read_only};
}

bool is_host_directory(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// Placeholders for the mount points that the image may lack.
std::vector<Placeholder> placeholders_for(const Root& image, const ImageSetup::Plan& plan) {
  std::vector<Placeholder> result;
  auto add = [&](const std::string& path, Placeholder::Kind kind) {
    // An existing file may be the placeholder of another run: hold it, so that it stays until this run ends.
    if (kind == Placeholder::Kind::directory && image.status(path)) return;
    if (auto place = Placeholder::at(image, path, kind)) result.push_back(std::move(*place));
  };
  for (const auto* path : {"/proc", "/sys", "/dev"}) add(path, Placeholder::Kind::directory);
  for (const auto& tree : plan.trees) {
    add(tree.target, is_host_directory(tree.source) ? Placeholder::Kind::directory : Placeholder::Kind::file);
  }
  for (const auto& file : plan.files) add(file.target, Placeholder::Kind::file);
  return result;
}

std::string circumstances_of(const ChildSetup::Failure& failure, const ImageSetup::Plan& plan) {
  auto place = [&](const std::string& path) {
    switch (failure.error_number) {
      case ENOTDIR:
      case ELOOP:
        return fmt::format("{} inside is no directory of its own", path);
      case EISDIR:
        return fmt::format("{} inside is a directory", path);
      case ENOENT:
        return fmt::format("{} is missing inside", path);
      default:
        return fmt::format("nothing can be mounted at {} inside", path);
    }
  };
  auto index = static_cast<std::size_t>(failure.index);
  switch (failure.step) {
    case ImageSetup::make_namespace:
      return "the system allows no namespaces of its own";
    case ImageSetup::make_user:
      return "only root may, or a user where the system allows user namespaces: see "
             "user.max_user_namespaces, "
             "kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns in sysctl(8)";
    case ImageSetup::map_user:
      return "the system does not let this user be root of a user namespace";
    case ImageSetup::make_private:
    case ImageSetup::own_root:
    case ImageSetup::leave_host:
      return "the system allows no private mounts";
    case ImageSetup::mount_proc:
      return place("/proc");
    case ImageSetup::mount_sys:
      return place("/sys");
    case ImageSetup::mount_dev:
      return place("/dev");
    case ImageSetup::mount_run:
      return place("/run");
    case ImageSetup::show_tree:
      return place(plan.trees.at(index).target);
    case ImageSetup::show_file:
      return place(plan.files.at(index).target);
    case ImageSetup::set_host_name:
      return fmt::format("the host name {} cannot be set", in_quotes(plan.host_name));
    case ImageSetup::enter_image:
      return "the image cannot be made the root";
    case ImageSetup::start_init:
      return "process 1 of its namespaces cannot be started";
    case ImageSetup::put_placeholder:
      return "the mount points that the image lacks cannot be made in it";
    case ImageSetup::give_terminal:
      return "no terminal can be made for it";
    case ImageSetup::limit_calls:
      return "the kernel has no filters of system calls: CONFIG_SECCOMP_FILTER, see seccomp(2)";
    case ImageSetup::limit_rights:
      return "capabilities cannot be given up";
    default:
      return "no process can be started";
  }
}

CommandResult run_in(const Root& image, const std::vector<std::string>& argv, const InsideOptions& options,
                     bool in_terminal) {
  check_command(argv, options.run);
  if (image.is_host())
    throw ArgumentError("inside.root", image.host_path(), "the system's own root is no image to run in");
  std::optional<OutboundNetwork> outbound;
  std::optional<PseudoTerminal> terminal;
  ImageSetup::Plan plan;
  if (options.network == InsideNetwork::host) plan.network = ImageSetup::host_network;
  if (options.network == InsideNetwork::outbound) plan.network = outbound.emplace().descriptor();
  if (in_terminal) plan.terminal = &terminal.emplace();
  plan.filter = &call_filter(is_32_bit(image));
  plan.host_name = host_name_of(image, options.host_name);
  for (const auto& bind : options.binds) plan.trees.push_back(shown(bind));
  if (options.network != InsideNetwork::none)
    plan.files.push_back({"/etc/resolv.conf", name_servers(options), 0644});
  plan.files.push_back({"/usr/sbin/policy-rc.d", policy, 0755});
  ChildProgram program;
  program.path = program_in(image, argv.front(), options);
  program.argv = argv;
  program.environment = environment_of(image, options, in_terminal);
  program.terminal = plan.terminal;

  ImageSetup setup(image, plan, placeholders_for(image, plan));
  auto outcome = run_child(program, options.run, &setup);
  setup.clear_up();
  if (outcome.failure)
    throw IoError("enter", image.host_path(), outcome.failure->error_number,
                  circumstances_of(*outcome.failure, plan));
  return std::move(outcome.result);
}

}  // namespace

std::string to_string(InsideNetwork network) {
  switch (network) {
    case InsideNetwork::none:
      return "none";
    case InsideNetwork::outbound:
      return "outbound";
    case InsideNetwork::host:
      break;
  }
  return "host";
}

std::optional<InsideNetwork> parse_inside_network(std::string_view text) {
  for (auto network : {InsideNetwork::none, InsideNetwork::outbound, InsideNetwork::host}) {
    if (text == to_string(network)) return network;
  }
  return std::nullopt;
}

bool has_outbound_network() {
  return OutboundNetwork::is_available();
}

CommandResult run_inside(const Root& image, const std::vector<std::string>& argv,
                         const InsideOptions& options) {
  return run_in(image, argv, options, false);
}

CommandResult check_run_inside(const Root& image, const std::vector<std::string>& argv,
                               const InsideOptions& options) {
  return checked(run_in(image, argv, options, false), argv);
}

int run_inside_terminal(const Root& image, const std::vector<std::string>& argv,
                        const InsideOptions& options) {
  auto asked = options;
  asked.run.timeout.reset();
  asked.run.keep_running = nullptr;
  asked.run.on_line = nullptr;
  return run_in(image, argv, asked, true).status;
}

}  // namespace krgboot
