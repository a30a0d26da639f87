#include "krgboot/base/text.hpp"
#include "krgboot/formats/root_tree/ssh_host_keys.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apply/image_programs.hpp"
#include "stages.hpp"

namespace krgboot::tracing {

namespace {

constexpr auto units = system_units;

/// The parts of the command line that init reads, and an image's login services.
class Logins {
 public:
  Logins(const Root& image, const KernelCommandLine& line, bool systemd) : image_(image), systemd_(systemd) {
    for (const auto& parameter : line.parameters()) take(parameter);
    if (line.init_arguments()) {
      for (const auto& argument : *line.init_arguments()) take(argument);
    }
    for (const auto* console : line.find_all("console")) {
      auto device = console->value().value_or("");
      device.resize(std::min(device.find(','), device.size()));
      if (device.empty() || device == "null") continue;
      // The virtual consoles share one screen.
      auto screen =
          device.compare(0, 3, "tty") == 0 && device.find_first_not_of("0123456789", 3) == std::string::npos;
      consoles_.insert(screen ? "tty1" : device);
    }
    if (line.find("console") == nullptr) consoles_.insert("tty1");
    if (!systemd_) read_inittab();
  }

  /// The word of the command line that makes init start only a root shell; empty: none.
  const std::string& rescue() const noexcept { return rescue_; }
  /// "systemd.unit=..." of the command line for any other unit; empty: none.
  const std::string& other_unit() const noexcept { return other_unit_; }
  const std::set<std::string>& consoles() const noexcept { return consoles_; }

  /// The file that starts sshd; empty: none.
  std::string starts_sshd() const {
    if (systemd_) {
      for (const auto* unit : {"multi-user.target.wants/ssh.service", "sockets.target.wants/ssh.socket"}) {
        auto path = fmt::format("{}/{}", units, unit);
        if (!is_masked(base_name(path)) && has_file(image_, path)) return path;
      }
      return {};
    }
    auto folder = fmt::format("/etc/rc{}.d", runlevel_);
    for (const auto& name : image_.list_directory(folder).value_or(std::vector<std::string>{})) {
      auto start = name.size() == 6 && name[0] == 'S' && name.compare(3, 3, "ssh") == 0;
      auto path = fmt::format("{}/{}", folder, name);
      if (start && program_in(image_, path)) return path;
    }
    return {};
  }

  /// The file that starts a getty on a console; empty: none.
  std::string starts_getty(const std::string& console) const {
    if (!systemd_) {
      auto line = gettys_.find(console);
      return line == gettys_.end() ? std::string() : "/etc/inittab";
    }
    if (!program_in(image_, "/sbin/agetty")) return {};
    if (console == "tty1") {
      auto path = fmt::format("{}/getty.target.wants/getty@tty1.service", units);
      return !is_masked("getty@tty1.service") && has_file(image_, path) ? path : std::string();
    }
    auto generator = program_in(image_, "/lib/systemd/system-generators/systemd-getty-generator");
    auto masked =
        is_masked(fmt::format("serial-getty@{}.service", console)) || is_masked("serial-getty@.service");
    auto unit = has_file(image_, "/lib/systemd/system/serial-getty@.service");
    return generator && unit && !masked ? base_name(*generator) : std::string();
  }

 private:
  void take(const KernelParameter& parameter) {
    static constexpr std::array<std::string_view, 4> single = {"single", "s", "S", "1"};
    const auto& name = parameter.name();
    if (!parameter.value()) {
      auto of_both = std::find(single.begin(), single.end(), name) != single.end();
      auto of_systemd = systemd_ && (name == "rescue" || name == "emergency" || name == "-b");
      if (of_both || of_systemd) rescue_ = name;
      if (name.size() == 1 && name[0] >= '2' && name[0] <= '5') {
        runlevel_ = name;
        chosen_ = true;
      }
    } else if (systemd_ && name == "systemd.unit") {
      auto small = *parameter.value() == "rescue.target" || *parameter.value() == "emergency.target";
      (small ? rescue_ : other_unit_) = parameter.to_string();
    }
  }

  bool is_masked(const std::string& unit) const { return is_masked_unit(image_, unit); }

  // inittab(5): id:runlevels:action:process
  void read_inittab() {
    auto text = image_.read_through_links("/etc/inittab", image_text_limit);
    if (!text) return;
    struct Getty {
      std::string runlevels, process;
    };
    std::vector<Getty> gettys;
    std::istringstream lines(text->bytes);
    for (std::string line; std::getline(lines, line);) {
      std::array<std::string, 4> field;
      std::istringstream rest(line);
      for (std::size_t i = 0; i < 3; ++i) std::getline(rest, field[i], ':');
      std::getline(rest, field[3]);
      if (line.empty() || line[0] == '#') continue;
      if (field[2] == "initdefault" && !chosen_ && !field[1].empty()) runlevel_ = field[1].substr(0, 1);
      auto program = field[3].substr(0, field[3].find(' '));
      if (field[2] == "respawn" && program.find("getty") != std::string::npos)
        gettys.push_back({field[1], field[3]});
    }
    for (const auto& getty : gettys) {
      if (!getty.runlevels.empty() && getty.runlevels.find(runlevel_) == std::string::npos) continue;
      std::istringstream words(getty.process);
      for (std::string word; words >> word;) gettys_.insert(word);
    }
  }

  const Root& image_;
  bool systemd_;
  std::string rescue_;
  std::string other_unit_;
  std::string runlevel_ = "2";
  bool chosen_ = false;
  std::set<std::string> consoles_;
  std::set<std::string> gettys_;  // fields of the inittab lines that start a getty, including its terminal
};

/// Does each node make its host keys at boot, by krgboot's unit?
bool makes_host_keys(const Root& image) {
  return has_file(image, std::string(ssh_host_keys::config_path)) &&
         has_file(image, std::string(ssh_host_keys::unit_path)) &&
         image.status(std::string(ssh_host_keys::link_path)) && program_in(image, "/usr/bin/ssh-keygen") &&
         !is_masked_unit(image, base_name(std::string(ssh_host_keys::unit_path)));
}

bool has_host_keys(const Root& image) {
  auto names = image.list_directory("/etc/ssh").value_or(std::vector<std::string>{});
  return std::any_of(names.begin(), names.end(), [](const std::string& name) {
    constexpr std::string_view begin = "ssh_host_";
    constexpr std::string_view end = "_key";
    return name.size() > begin.size() + end.size() && name.compare(0, begin.size(), begin) == 0 &&
           name.compare(name.size() - end.size(), end.size(), end) == 0;
  });
}

/// Can users log in over ssh?
bool follow_sshd(const Root& image, const Logins& logins, bool systemd, Steps& steps) {
  auto starter = logins.starts_sshd();
  if (!program_in(image, "/usr/sbin/sshd")) {
    steps.say(BootStage::login, StepStatus::warning, "openssh-server is not installed", "no /usr/sbin/sshd",
              "configure the image");
    return false;
  }
  if (starter.empty()) return false;
  if (has_file(image, "/etc/ssh/sshd_not_to_be_run")) {
    steps.say(BootStage::login, StepStatus::warning, "sshd does not start", "/etc/ssh/sshd_not_to_be_run",
              "remove it");
    return false;
  }
  auto makes_keys = systemd && makes_host_keys(image);
  if (makes_keys && base_name(starter) != "ssh.service") {
    steps.say(BootStage::login, StepStatus::warning, "sshd does not start: nobody makes its host keys",
              starter + " starts it, and the keys are made for ssh.service",
              "systemctl disable ssh.socket; systemctl enable ssh.service");
    return false;
  }
  if (!makes_keys && !has_host_keys(image)) {
    steps.say(BootStage::login, StepStatus::warning, "sshd does not start: it has no host keys",
              "no /etc/ssh/ssh_host_*_key", "configure the image");
    return false;
  }
  steps.say(BootStage::login, StepStatus::ok,
            makes_keys ? "sshd, with host keys that the node makes when it boots" : "sshd", starter);
  return true;
}

/// Can users log in on a console?
bool follow_gettys(const Logins& logins, Steps& steps) {
  auto any = false;
  for (const auto& console : logins.consoles()) {
    auto by = logins.starts_getty(console);
    if (by.empty()) continue;
    any = true;
    steps.say(BootStage::login, StepStatus::ok, "getty on " + console, by);
  }
  return any;
}

}  // namespace

// Checks only which login services start, not whether any account has a password or key.
void follow_login(const ServerFiles& files, const CommandLine& line, const MountedRoot& root,
                  const Init& init, Steps& steps) {
  auto image = files.root.beneath(root.path);
  auto program = base_name(init.program);
  if (program == "sh" || program == "bash" || program == "dash") {
    steps.say(BootStage::login, StepStatus::ok, "a root shell on the console", init.program + " is the init");
    return;
  }
  auto systemd = program == "systemd";
  if (!systemd && !has_file(image, "/etc/inittab")) {
    steps.say(BootStage::login, StepStatus::warning, "krgboot cannot tell whether users can log in",
              init.program + " is neither systemd nor an init with an /etc/inittab");
    return;
  }
  const Logins logins(image, line.line, systemd);
  if (!logins.other_unit().empty()) {
    steps.say(BootStage::login, StepStatus::warning, "krgboot cannot tell whether users can log in",
              logins.other_unit() + " on the command line");
    return;
  }
  if (!logins.rescue().empty()) {
    steps.say(BootStage::login, StepStatus::warning,
              "a root shell on the console, and neither sshd nor getty",
              logins.rescue() + " on the command line");
    return;
  }
  auto sshd = follow_sshd(image, logins, systemd, steps);
  auto getty = follow_gettys(logins, steps);
  if (sshd || getty) return;
  auto where = logins.consoles().empty() ? std::string("the console")
                                         : fmt::format("{}", fmt::join(logins.consoles(), ", "));
  steps.say(BootStage::login, StepStatus::warning, "nobody can log in",
            fmt::format("neither sshd nor a getty on {} starts", where));
}

}  // namespace krgboot::tracing
