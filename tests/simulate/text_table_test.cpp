// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/text_table.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace trimtab::simulate;

std::size_t two_columns(std::string_view header) {
  return header == "unix_seconds,value" ? 2 : 0;
}

struct outcome {
  std::vector<table_row> rows;
  std::string error;
};

outcome read(std::string_view text) {
  outcome out;
  const auto accept = [&](const table_row& row) -> std::optional<std::string> {
    if (row.value[0] == 13.0) return "thirteen";
    out.rows.push_back(row);
    return std::nullopt;
  };
  if (const auto error = read_table("t.csv", text, two_columns, "'unix_seconds,value'", accept)) {
    out.error = error->text();
  }
  return out;
}

TEST(TextTable, ReadsRowsWithTheirLines) {
  const auto out = read("unix_seconds,value\n10,1.5\n20,-2e-3\n");
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.rows.size(), 2U);
  EXPECT_EQ(out.rows[1].time, 20);
  EXPECT_EQ(out.rows[1].value[0], -2e-3);
  EXPECT_EQ(out.rows[1].line, 3U);
}

TEST(TextTable, AcceptsByteOrderMarkCrlfCommentsBlankLinesAndNoLastNewline) {
  const auto out = read("\xEF\xBB\xBF# venue: X\r\nunix_seconds,value\r\n\r\n10,1\r\n# pause\r\n20,2");
  ASSERT_EQ(out.error, "");
  ASSERT_EQ(out.rows.size(), 2U);
  EXPECT_EQ(out.rows[1].line, 6U);
}

TEST(TextTable, NamesFileAndLineOfEachFault) {
  EXPECT_EQ(read("").error, "t.csv: empty file; expected a header: 'unix_seconds,value'");
  EXPECT_EQ(read("# only\n\n").error, "t.csv: empty file; expected a header: 'unix_seconds,value'");
  EXPECT_EQ(read("unix_seconds,value\n").error, "t.csv: empty file; a header and no rows");
  EXPECT_EQ(read("time,value\n1,2\n").error, "t.csv:1: wrong header 'time,value'; expected 'unix_seconds,value'");
  EXPECT_EQ(read("unix_seconds,value\n1\n").error, "t.csv:2: expected 2 columns, found 1");
  EXPECT_EQ(read("unix_seconds,value\n1,2,3\n").error, "t.csv:2: expected 2 columns, found more");
  EXPECT_EQ(read("unix_seconds,value\n1,2\n2,x\n").error, "t.csv:3: malformed number 'x'");
  EXPECT_EQ(read("unix_seconds,value\n1.5,2\n").error, "t.csv:2: malformed number '1.5'");
  EXPECT_EQ(read("unix_seconds,value\n1,\n").error, "t.csv:2: malformed number ''");
  EXPECT_EQ(read("unix_seconds,value\n1,nan\n").error, "t.csv:2: number not finite 'nan'");
  EXPECT_EQ(read("unix_seconds,value\n1,-inf\n").error, "t.csv:2: number not finite '-inf'");
  EXPECT_EQ(read("unix_seconds,value\n1,1e999\n").error, "t.csv:2: number out of range '1e999'");
  EXPECT_EQ(read("unix_seconds,value\n2,1\n2,1\n").error, "t.csv:3: time does not advance: 2 after 2");
  EXPECT_EQ(read("unix_seconds,value\n2,1\n1,1\n").error, "t.csv:3: time does not advance: 1 after 2");
  EXPECT_EQ(read("unix_seconds,value\n1,13\n").error, "t.csv:2: thirteen");
}

TEST(TextTable, GuessesNothing) {
  for (const char* field : {" 1", "1 ", "+1", "0x10", "1e", "1,5", "\"1\"", "1_000"}) {
    EXPECT_NE(read("unix_seconds,value\n1," + std::string(field) + "\n").error, "") << field;
  }
}

}  // namespace
