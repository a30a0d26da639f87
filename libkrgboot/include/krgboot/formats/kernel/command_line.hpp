#pragma once

#include "krgboot/export.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// Size of the kernel command line on x86 in bytes, with the final NUL (COMMAND_LINE_SIZE of Linux;
/// MAX_CMDLINE_LEN of syslinux is the same).
inline constexpr std::size_t command_line_size = 2048;

/// Do both names mean the same kernel parameter? The kernel does not distinguish '-' and '_'
/// (`kernel/params.c`).
KRGBOOT_EXPORT bool same_parameter_name(std::string_view a, std::string_view b) noexcept;

/// One word of a kernel command line: `quiet`, `mem=2G`, `dyndbg="file a.c +p"`.
class KRGBOOT_EXPORT KernelParameter {
 public:
  /// A parameter without value. Throws ArgumentError "kernel_parameter.syntax" for an empty name or one with
  /// a blank, '=', '"' or control character.
  static KernelParameter flag(std::string_view name);

  /// The parameter NAME=VALUE. A value with blanks is put into double quotes.
  /// Throws ArgumentError "kernel_parameter.syntax" for a name as above, "kernel_parameter.value" for a value
  /// that the command line cannot contain: one with a control character, or with '"' in a place where the
  /// kernel, which has no escape for it, would read another value.
  static KernelParameter assignment(std::string_view name, std::string_view value);

  /// One item of an `append` list of the spec: one word in the kernel's syntax, whose quotes are kept. The
  /// kernel also splits words at the byte 0xA0, which is part of other characters in UTF-8; such a word is
  /// quoted. Throws ArgumentError "kernel_parameter.syntax" for several words, a control character, a missing
  /// name, or a quote that is never closed and would include all that follows; "kernel_parameter.value" if
  /// 0xA0 needs quotes that the value does not allow.
  static KernelParameter from_item(std::string_view item);

  /// The name, without the quotes around the word.
  const std::string& name() const noexcept { return name_; }
  /// The value, without the quotes around it; nullopt: the word has no '='.
  const std::optional<std::string>& value() const noexcept { return value_; }
  /// The word as written in the command line.
  const std::string& to_string() const noexcept { return text_; }

  /// Is it the parameter `name` (see same_parameter_name)?
  bool is(std::string_view name) const noexcept { return same_parameter_name(name_, name); }
  /// Is it the word `--`, which separates the kernel's parameters from the arguments of init?
  bool is_separator() const noexcept { return name_ == "--" && !value_; }
  /// Does it have a quote that is never closed? All text after it would become part of the word.
  bool has_open_quote() const noexcept;

  friend bool operator==(const KernelParameter&, const KernelParameter&) = default;

 private:
  friend class KernelCommandLine;
  explicit KernelParameter(std::string_view word);  // one word, as the kernel's next_arg reads it
  std::string text_;
  std::string name_;
  std::optional<std::string> value_;
};

/// A kernel command line as a list of parameters, read as the kernel reads it (next_arg in `lib/cmdline.c`):
///
///     line   = *( blank ) [ word *( 1*blank word ) ] *( blank )
///     blank  = %x09-0D / %x20 / %xA0                      ; the kernel's isspace is Latin-1
///     word   = NAME [ "=" VALUE ]
///
/// A '"' at any place begins or ends a quoted part, in which blanks do not end the word. Quotes around the
/// whole word or the whole value are removed, others stay. There is no escape. '-' and '_' in names are
/// equal. The words after the word `--` are arguments of init. Order and unknown words are kept.
class KRGBOOT_EXPORT KernelCommandLine {
 public:
  KernelCommandLine() = default;

  /// nullopt: `text` contains a NUL, where the kernel would stop reading. Any other text is a command line.
  static std::optional<KernelCommandLine> parse(std::string_view text);
  /// As parse(); throws ArgumentError "kernel_command_line.syntax" if `text` contains a NUL.
  static KernelCommandLine from_string(std::string_view text);
  /// The words as written, separated by one space. parse() reads the same list from it.
  std::string to_string() const;

  /// The kernel's parameters in order: the words before `--`.
  const std::vector<KernelParameter>& parameters() const noexcept { return parameters_; }
  /// The arguments of init: the words after `--`; nullopt without `--`.
  const std::optional<std::vector<KernelParameter>>& init_arguments() const noexcept { return init_; }

  bool empty() const noexcept { return parameters_.empty() && !init_; }

  /// The last parameter with this name, which overrides earlier ones; nullptr: there is none. The pointer is
  /// valid until the next change.
  const KernelParameter* find(std::string_view name) const noexcept;
  /// All parameters with this name, in order. The pointers are valid until the next change.
  std::vector<const KernelParameter*> find_all(std::string_view name) const;

  /// Adds a parameter at the end, before `--`. Throws ArgumentError "kernel_command_line.open_quote" if an
  /// open quote would include the words after it, "kernel_command_line.separator" for the parameter `--`.
  void add(KernelParameter parameter);
  /// Adds the parameters one by one, as above; those before a faulty one stay.
  void add(const std::vector<KernelParameter>& parameters);
  /// Adds an argument at the end, after `--`, which it inserts if missing. Throws ArgumentError
  /// "kernel_command_line.open_quote" if an open quote would include the argument.
  void add_init_argument(KernelParameter argument);
  /// Removes every parameter with this name before `--`. Returns their number.
  std::size_t remove(std::string_view name);

  friend bool operator==(const KernelCommandLine&, const KernelCommandLine&) = default;

 private:
  std::vector<KernelParameter> parameters_;
  std::optional<std::vector<KernelParameter>> init_;
};

}  // namespace krgboot
