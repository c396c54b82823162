// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Strict reading of small number tables (comma separated, first column `unix_seconds`) from text that the caller
/// already holds in memory. Every refusal names the file, the line and what was expected; nothing is guessed, trimmed
/// or skipped except blank lines, `#` comments, a byte order mark and the CR of a CRLF line end.

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace trimtab::simulate {

/// @brief Says where a text was refused, and why.
struct file_error {
  std::string file;      ///< name the caller gave (a path, or "built-in")
  std::size_t line = 0;  ///< 1-based; 0 when the fault is not one line's
  std::string what;      ///< one sentence, no newline

  /// @brief Spells the error as `file:line: what`, the form editors jump to.
  [[nodiscard]] std::string text() const {
    return line == 0 ? file + ": " + what : file + ":" + std::to_string(line) + ": " + what;
  }
};

/// @brief Carries what a text said, or the reason it was refused.
///
/// Not core's `result<T>`: that one is trivially copyable and carries an enum, while a file wants its line number.
template <class T>
class [[nodiscard]] parsed {
public:
  parsed(T value) : value_(std::move(value)) {}           // NOLINT(google-explicit-constructor): reads as a return
  parsed(file_error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  /// @pre has_value()
  [[nodiscard]] const T& operator*() const& noexcept { return *value_; }
  [[nodiscard]] T&& operator*() && noexcept { return *std::move(value_); }
  [[nodiscard]] const T* operator->() const noexcept { return &*value_; }
  /// @pre !has_value()
  [[nodiscard]] const file_error& error() const noexcept { return error_; }

private:
  std::optional<T> value_;
  file_error error_;
};

/// @brief Widest table that is read here: time and the five columns of a price bar.
inline constexpr std::size_t max_columns = 6;

/// @brief One row of numbers: the time and the values after it.
struct table_row {
  std::size_t line = 0;
  std::int64_t time = 0;                           ///< unix seconds
  std::array<double, max_columns - 1> value = {};  ///< finite; the first `columns - 1` are set
};

namespace detail {

/// Numbers of the form 1.5e3 or -2; "+1", " 1", "0x1" and anything with a tail are malformed.
template <class T>
[[nodiscard]] inline std::optional<std::string> read_number(std::string_view field, T& out) {
  const char* const end = field.data() + field.size();
  const auto [stop, fault] = std::from_chars(field.data(), end, out);
  if (fault == std::errc::result_out_of_range) return "number out of range '" + std::string(field) + "'";
  if (fault != std::errc{} || stop != end) return "malformed number '" + std::string(field) + "'";
  return std::nullopt;
}

[[nodiscard]] inline std::optional<std::string> read_fields(std::string_view line, std::size_t columns,
                                                            table_row& row) {
  for (std::size_t k = 0; k < columns; ++k) {
    const std::size_t comma = line.find(',');
    const bool last = k + 1 == columns;
    if (last != (comma == std::string_view::npos)) {
      return "expected " + std::to_string(columns) + " columns, found " + (last ? "more" : std::to_string(k + 1));
    }
    const std::string_view field = line.substr(0, comma);
    if (k == 0) {
      if (auto fault = read_number(field, row.time)) return fault;
    } else {
      double& value = row.value[k - 1];
      if (auto fault = read_number(field, value)) return fault;
      if (!std::isfinite(value)) return "number not finite '" + std::string(field) + "'";
    }
    if (!last) line.remove_prefix(comma + 1);
  }
  return std::nullopt;
}

}  // namespace detail

/// @brief Walks through a text line by line, keeping count.
class line_reader {
public:
  explicit line_reader(std::string_view text) : rest_(text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (rest_.substr(0, byte_order_mark.size()) == byte_order_mark) rest_.remove_prefix(byte_order_mark.size());
  }
  /// @brief The next line that is neither blank nor a `#` comment; nothing at the end of the text.
  [[nodiscard]] std::optional<std::string_view> next() {
    while (!rest_.empty()) {
      const std::size_t newline = rest_.find('\n');
      std::string_view line = rest_.substr(0, newline);
      rest_.remove_prefix(newline == std::string_view::npos ? rest_.size() : newline + 1);
      ++line_;
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (!line.empty() && line.front() != '#') return line;
    }
    return std::nullopt;
  }
  /// @brief 1-based number of the line that next() gave last.
  [[nodiscard]] std::size_t line() const noexcept { return line_; }

private:
  std::string_view rest_;
  std::size_t line_ = 0;
};

/// @brief Reads a table whose header the caller recognises, row by row.
///
/// @param name     what errors call the text
/// @param text     the whole file
/// @param columns  header line → number of columns (1 to max_columns), or 0 when the header is not one of ours
/// @param expected the headers that would have been right, for the error
/// @param accept   const table_row& → std::optional<std::string>: a reason to refuse the row
/// @return         the first error, or nothing; a text without a single row is an error
/// @cost           one pass; no allocation but for the error
template <class Columns, class Accept>
[[nodiscard]] std::optional<file_error> read_table(std::string_view name, std::string_view text, Columns columns,
                                                   std::string_view expected, Accept accept) {
  line_reader lines(text);
  const auto refuse = [&](std::string what) { return file_error{std::string(name), lines.line(), std::move(what)}; };
  const auto header = lines.next();
  if (!header) return file_error{std::string(name), 0, "empty file; expected a header: " + std::string(expected)};
  const std::size_t count = columns(*header);
  if (count == 0) {
    return refuse("wrong header '" + std::string(header->substr(0, 80)) + "'; expected " + std::string(expected));
  }
  std::optional<std::int64_t> before;
  while (const auto line = lines.next()) {
    table_row row{.line = lines.line()};
    if (auto fault = detail::read_fields(*line, count, row)) return refuse(std::move(*fault));
    if (before && row.time <= *before) {
      return refuse("time does not advance: " + std::to_string(row.time) + " after " + std::to_string(*before));
    }
    before = row.time;
    if (auto fault = accept(std::as_const(row))) return refuse(std::move(*fault));
  }
  if (!before) return file_error{std::string(name), 0, "empty file; a header and no rows"};
  return std::nullopt;
}

}  // namespace trimtab::simulate
