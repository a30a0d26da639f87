#pragma once

#include "krgboot/base/error.hpp"

#include <functional>
#include <string>

/// What a call threw, for a test to look at; an error of any other class passes through and fails the test.
struct Thrown {
  std::string code = "(nothing thrown)";
  std::string subject;
  std::string message;
  std::string overridden_by = {};  // of a ConflictError
};

template <class ErrorClass = krgboot::ArgumentError, class Call>
Thrown error_of(Call call) {
  try {
    (void)call();
  } catch (const ErrorClass& error) {
    Thrown thrown{error.code(), error.subject(), error.what()};
    if constexpr (std::is_same_v<ErrorClass, krgboot::ConflictError>)
      thrown.overridden_by = error.overridden_by();
    return thrown;
  }
  return {};
}

/// The error number that a call ends with; 0: none.
inline int error_number_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const krgboot::IoError& error) {
    return error.error_number();
  }
  return 0;
}
