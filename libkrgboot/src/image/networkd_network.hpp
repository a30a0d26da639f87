#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// What a .network file of systemd-networkd and its drop-in files say together (systemd.network(5)) of the
/// one question that a node without disks asks: may it be for the card that carries the NFS root, and does
/// that card keep its address?
class NetworkdNetwork {
 public:
  /// The file's text, then those of its drop-in files in the order of their names: what comes later counts.
  void add(std::string_view text);

  /// False where its [Match] can only be of something that no machine boots by: wireless cards, the loopback,
  /// and what networkd or a container makes (bridges, tunnels, virtual Ethernet).
  bool may_be_of_boot_card() const;

  /// KeepConfiguration=yes, or CriticalConnection=yes of former days; Unmanaged=yes leaves the card alone.
  bool keeps_address() const;

 private:
  using Words = std::vector<std::string>;
  void match(const std::string& name, std::string_view value);
  const Words& words(std::string_view name) const;

  std::map<std::string, Words, std::less<>> matches_;  ///< the lists of [Match], by their names
  bool in_container_ = false;
  std::string keep_;
  bool critical_ = false;
  bool unmanaged_ = false;
};

}  // namespace krgboot
