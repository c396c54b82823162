// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace trimtab::test {

/// Where golden vectors lie: $TRIMTAB_VECTORS, else the copy that came with the tests.
inline std::string vectors_folder() {
  const char* chosen = std::getenv("TRIMTAB_VECTORS");
  return chosen != nullptr && *chosen != '\0' ? chosen : TRIMTAB_DEFAULT_VECTORS;
}

inline std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// Digits only, as long as they like: 256 bits and more fit the range of `long double`, rounded once to its 64 bits.
inline long double integer_of(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) {
    ADD_FAILURE() << "not an integer: '" << text << "'";
  }
  return std::strtold(text.c_str(), nullptr);
}

/// A decimal number, `inf` or `nan`; anything left over is a failure.
inline long double number_of(const std::string& text) {
  char* end = nullptr;
  const long double value = std::strtold(text.c_str(), &end);
  if (text.empty() || *end != '\0') ADD_FAILURE() << "not a number: '" << text << "'";
  return value;
}

/// An IEEE double written with 17 digits.
inline double double_of(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') ADD_FAILURE() << "not a double: '" << text << "'";
  return value;
}

/// One line of a file, its fields by the names in the header line.
class row {
public:
  row(const std::map<std::string, std::size_t>* columns, std::vector<std::string> fields)
      : columns_(columns), fields_(std::move(fields)) {}

  [[nodiscard]] const std::string& text(const std::string& column) const {
    const auto found = columns_->find(column);
    if (found == columns_->end()) {
      ADD_FAILURE() << "no column '" << column << "'";
      static const std::string nothing = "0";
      return nothing;
    }
    return fields_[found->second];
  }
  [[nodiscard]] long double integer(const std::string& column) const { return integer_of(text(column)); }
  [[nodiscard]] int small(const std::string& column) const { return static_cast<int>(integer(column)); }
  [[nodiscard]] bool flag(const std::string& column) const { return integer(column) != 0.0L; }
  [[nodiscard]] std::vector<std::string> list(const std::string& column) const { return split(text(column), ';'); }

private:
  const std::map<std::string, std::size_t>* columns_;
  std::vector<std::string> fields_;
};

/// @brief A file of golden vectors, read whole and strictly: `#` comments, one header line, rows of as many fields.
///
/// A missing file, one without rows or a row of another length fails the test. The report is one line per file, printed
/// at the end.
class vector_file {
public:
  explicit vector_file(std::string name) : name_(std::move(name)) {
    std::ifstream in(vectors_folder() + "/" + name_);
    if (!in) {
      ADD_FAILURE() << "cannot read " << vectors_folder() << "/" << name_;
      return;
    }
    std::size_t line_number = 0;
    for (std::string line; std::getline(in, line);) {
      ++line_number;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (line.empty() || line[0] == '#') continue;
      std::vector<std::string> fields = split(line, ',');
      if (columns_.empty()) {
        for (std::size_t i = 0; i < fields.size(); ++i) columns_[fields[i]] = i;
        if (columns_.size() != fields.size()) ADD_FAILURE() << name_ << ": a column name twice";
      } else if (fields.size() == columns_.size()) {
        rows_.emplace_back(&columns_, std::move(fields));
      } else {
        ADD_FAILURE() << name_ << ":" << line_number << ": " << fields.size() << " fields, expected "
                      << columns_.size();
      }
    }
    if (rows_.empty()) ADD_FAILURE() << name_ << " has no rows";
  }
  vector_file(const vector_file&) = delete;
  vector_file& operator=(const vector_file&) = delete;

  [[nodiscard]] const std::vector<row>& rows() const { return rows_; }
  [[nodiscard]] std::size_t checked() const { return checked_; }

  /// One more row has been compared; `error` in whatever measure the test states.
  void count(long double error = 0.0L) {
    ++checked_;
    if (!(error <= worst_)) worst_ = error;
  }
  /// The one line; `rows` where only some rows of the file concern this test.
  void report(std::size_t rows) const {
    std::printf("vectors %s: %zu rows, %zu checked, worst %.3Lg\n", name_.c_str(), rows, checked_, worst_);
    std::fflush(stdout);
  }
  void report() const { report(rows_.size()); }

private:
  std::string name_;
  std::map<std::string, std::size_t> columns_;
  std::vector<row> rows_;
  std::size_t checked_ = 0;
  long double worst_ = 0.0L;
};

/// |a − b| / |b|; 0 where both are the same infinity.
inline long double relative_error(long double a, long double b) {
  if (a == b) return 0.0L;
  const long double gap = a < b ? b - a : a - b;
  return gap / (b < 0.0L ? -b : b);
}

}  // namespace trimtab::test
