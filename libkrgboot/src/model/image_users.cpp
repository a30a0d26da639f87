#include "model/image_users.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/model/defaults.hpp"

#include <set>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "model/image_texts.hpp"
#include "model/names.hpp"
#include "model/password_hash.hpp"
#include "model/paths.hpp"

namespace krgboot::model {

namespace {

class UserCheck {
 public:
  UserCheck(ClusterBuilder& cluster, const ImageSpec& spec, const std::string& key)
      : cluster_(cluster), report_(cluster.report), spec_(spec), key_(key) {}

  std::vector<User> check() {
    std::vector<User> users;
    if (!spec_.users) return users;
    std::unordered_map<std::string_view, Position> seen;
    for (std::size_t i = 0; i < spec_.users->size(); ++i) {
      const auto& user = (*spec_.users)[i].value;
      auto key = fmt::format("{}.users[{}]", key_, i);
      bool complete = cluster_.require(user.name, key, "name");
      complete = cluster_.require(user.password_hash, key, "password_hash") && complete;
      if (user.name) check_user_name(user, key, seen);
      if (user.password_hash) check_password(user, key);
      check_uid(user, key);
      check_path(user.home, key + ".home");
      check_home(user, key);
      check_path(user.shell, key + ".shell");
      check_groups(user, key);
      check_keys(user, key);
      if (complete) users.push_back(made_of(user));
    }
    number(users);
    return users;
  }

 private:
  static User made_of(const UserSpec& spec) {
    User user;
    user.name = *spec.name;
    user.password_hash = *spec.password_hash;
    if (spec.uid) user.uid = static_cast<unsigned>(*spec.uid);
    user.home = spec.home.value;
    user.shell = spec.shell.value;
    user.groups = values(spec.groups);
    user.ssh_authorized_keys = values(spec.ssh_authorized_keys);
    return user;
  }

  /// Users without a number get the lowest free one, in the order of the list.
  static void number(std::vector<User>& users) {
    std::set<unsigned> taken;
    for (const auto& user : users) {
      if (user.uid) taken.insert(*user.uid);
    }
    unsigned next = defaults::first_uid;
    for (auto& user : users) {
      if (user.name == "root") continue;
      if (user.uid) {
        user.new_uid = *user.uid;
        continue;
      }
      while (taken.count(next) != 0) ++next;
      user.new_uid = next++;
    }
  }

  void check_uid(const UserSpec& user, const std::string& key) {
    if (!user.uid) return;
    auto fault = [&](const char* code, std::string message) {
      report_.error(user.uid.at, key + ".uid", code, std::move(message));
    };
    if (user.name && *user.name == "root") return fault("image.root_uid", "the number of root is 0");
    if (*user.uid < 1 || *user.uid > limits::uid) {
      return fault("image.uid", fmt::format("uid is {}, but must be 1 to {}", *user.uid, limits::uid));
    }
    auto [first, is_new] = uids_.emplace(*user.uid, user.uid.at);
    if (!is_new) {
      fault("image.duplicate_uid",
            fmt::format("two users have the number {}{}", *user.uid, report_.see(first->second)));
    }
  }

  void check_path(const Field<std::string>& path, const std::string& key) {
    // passwd(5) has no limit; this is the limit for all other paths of an image.
    if (path) check_absolute_path(report_, *path, path.at, key, longest_image_path);
  }

  /// Two users with the same home would own each other's keys.
  void check_home(const UserSpec& user, const std::string& key) {
    if (!user.name) return;
    auto home = user.home.value_or(*user.name == "root" ? "/root" : "/home/" + *user.name);
    auto at = user.home ? user.home.at : user.name.at;
    auto [first, is_new] = homes_.emplace(home, at);
    if (is_new || !user.home) return;  // a duplicate name is reported elsewhere
    report_.error(at, key + ".home", "image.duplicate_home",
                  fmt::format("two users have the home {}{}", shown(home), report_.see(first->second)));
  }

  void check_groups(const UserSpec& user, const std::string& key) {
    if (!user.groups) return;
    for (std::size_t i = 0; i < user.groups->size(); ++i) {
      const auto& [group, at] = (*user.groups)[i];
      if (is_user_name(group)) continue;
      report_.error(at, fmt::format("{}.groups[{}]", key, i), "image.group_syntax",
                    fmt::format("{} cannot be the name of a group", in_quotes(group)),
                    "such as sudo or audio");
    }
  }

  void check_keys(const UserSpec& user, const std::string& key) {
    if (!user.ssh_authorized_keys) return;
    for (std::size_t i = 0; i < user.ssh_authorized_keys->size(); ++i) {
      const auto& [line, at] = (*user.ssh_authorized_keys)[i];
      auto place = fmt::format("{}.ssh_authorized_keys[{}]", key, i);
      if (!is_ssh_public_key(line)) {
        // Do not repeat the text: it may be a private key, taken from the file without ".pub".
        report_.error(at, place, "image.ssh_key", "this is not a public key as authorized_keys has it",
                      "copy the one line of a file such as ~/.ssh/id_ed25519.pub");
      } else if (spec_.release && *spec_.release == ReleaseName::lenny && ssh_key_type(line) != "ssh-rsa" &&
                 ssh_key_type(line) != "ssh-dss") {
        report_.error(at, place, "image.ssh_key_type",
                      fmt::format("the sshd of {} does not know keys of type {}", to_string(*spec_.release),
                                  ssh_key_type(line)),
                      "make one with: ssh-keygen -t rsa");
      }
    }
  }

  void check_user_name(const UserSpec& user, const std::string& key,
                       std::unordered_map<std::string_view, Position>& seen) {
    if (!is_user_name(*user.name)) {
      report_.error(user.name.at, key + ".name", "image.user_name_syntax",
                    fmt::format("{} cannot be the name of a user", in_quotes(*user.name)),
                    "lower-case letters, digits, '_' and '-', beginning with a letter or '_', 32 at most");
    }
    auto [first, is_new] = seen.emplace(*user.name, user.name.at);
    if (!is_new) {
      report_.error(
          user.name.at, key + ".name", "image.duplicate_user",
          fmt::format("user {} is listed twice{}", in_quotes(*user.name), report_.see(first->second)));
    }
  }

  void check_password(const UserSpec& user, const std::string& key) {
    // Do not repeat the text in a message: it may be a password.
    if (password_kind(*user.password_hash) == PasswordKind::unknown) {
      report_.error(user.password_hash.at, key + ".password_hash", "image.password_not_hashed",
                    "password_hash does not hold the hash of a password as crypt(5) makes it",
                    "make one with: openssl passwd -6; or write \"!\" for an account without a password");
    } else if (spec_.release && !is_hash_known_to(release(*spec_.release), *user.password_hash)) {
      report_.error(user.password_hash.at, key + ".password_hash", "image.password_method",
                    fmt::format("{} cannot check a hash of this method", to_string(*spec_.release)),
                    "make one with: openssl passwd -6");
    }
  }

  ClusterBuilder& cluster_;
  Report& report_;
  const ImageSpec& spec_;
  const std::string& key_;
  std::unordered_map<std::int64_t, Position> uids_;
  std::unordered_map<std::string, Position> homes_;
};

}  // namespace

std::vector<User> check_users(ClusterBuilder& cluster, const ImageSpec& image, const std::string& key) {
  return UserCheck(cluster, image, key).check();
}

}  // namespace krgboot::model
