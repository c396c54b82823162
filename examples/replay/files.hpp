// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

namespace replay {

/// A fault that the user can mend: printed as one line, exit code 2.
struct user_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The whole file. Throws user_error with the file's name.
std::string read_file(const std::string& path);

/// @brief Writes a file whole or not at all: to a neighbour first, which then takes the name.
///
/// Nothing appears under the name before `commit`; without it the destructor removes what was written.
class whole_file {
public:
  explicit whole_file(std::string path);
  ~whole_file();
  whole_file(const whole_file&) = delete;
  whole_file& operator=(const whole_file&) = delete;

  void write(std::string_view text);
  void commit();

private:
  std::string path_;
  std::string temporary_;
  std::FILE* file_ = nullptr;
};

}  // namespace replay
