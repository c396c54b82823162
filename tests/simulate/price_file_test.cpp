// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/price_file.hpp>

#include <string>

namespace {

using namespace trimtab::simulate;

const std::string header = "unix_seconds,open,high,low,close,volume\n";

std::string fault(const std::string& text) {
  const auto parsed = parse_prices("p.csv", text);
  return parsed ? "" : parsed.error().text();
}

TEST(PriceFile, ReadsBars) {
  const auto series = parse_prices("p.csv", header + "60,10,12,9,11,5.5\n120,11,11,11,11,0\n");
  ASSERT_TRUE(series);
  EXPECT_EQ(series->kind, series_kind::bars);
  ASSERT_EQ(series->rows.size(), 2U);
  const bar& b = series->rows[0];
  EXPECT_EQ(b.time, 60);
  EXPECT_EQ(b.open, 10.0);
  EXPECT_EQ(b.high, 12.0);
  EXPECT_EQ(b.low, 9.0);
  EXPECT_EQ(b.close, 11.0);
  EXPECT_EQ(b.volume, 5.5);
  EXPECT_EQ(b.line, 2U);
}

TEST(PriceFile, ReadsSamplesWithOrWithoutTheirCurrency) {
  for (const char* head : {"unix_seconds,price\n", "unix_seconds,price_usd\n"}) {
    const auto series = parse_prices("p.csv", head + std::string("1,2.5\n3,2.25\n"));
    ASSERT_TRUE(series);
    EXPECT_EQ(series->kind, series_kind::samples);
    EXPECT_EQ(series->rows[1].low, 2.25);
    EXPECT_EQ(series->rows[1].high, 2.25);
  }
}

TEST(PriceFile, RefusesOtherHeaders) {
  for (const char* head : {"unix_seconds,open,high,low,close\n", "unix_seconds,prices\n", "unix_seconds,price_\n",
                           "unix_seconds,price,volume\n", "1,2\n"}) {
    EXPECT_NE(fault(head + std::string("1,2\n")).find("p.csv:1: wrong header"), std::string::npos) << head;
  }
}

TEST(PriceFile, RefusesBarsThatCannotHaveHappened) {
  EXPECT_EQ(fault(header + "60,0,12,9,11,1\n"), "p.csv:2: open not positive");
  EXPECT_EQ(fault(header + "60,10,12,-9,11,1\n"), "p.csv:2: low not positive");
  EXPECT_EQ(fault(header + "60,10,12,9,11,1\n120,10,9,12,11,1\n"), "p.csv:3: high below low");
  EXPECT_EQ(fault(header + "60,13,12,9,11,1\n"), "p.csv:2: open outside low to high");
  EXPECT_EQ(fault(header + "60,10,12,9,8,1\n"), "p.csv:2: close outside low to high");
  EXPECT_EQ(fault(header + "60,10,12,9,11,-1\n"), "p.csv:2: volume negative");
  EXPECT_EQ(fault("unix_seconds,price\n1,2\n2,0\n"), "p.csv:3: price not positive");
  EXPECT_EQ(fault(header + "60,10,12,nan,11,1\n"), "p.csv:2: number not finite 'nan'");
  EXPECT_EQ(fault(header + "60,10,12,9,11,1\n60,10,12,9,11,1\n"), "p.csv:3: time does not advance: 60 after 60");
  EXPECT_EQ(fault(header), "p.csv: empty file; a header and no rows");
}

TEST(PriceFile, AHoleDoesNotMoveTheMedianStep) {
  const auto series = parse_prices("p.csv", "unix_seconds,price\n0,1\n60,1\n120,1\n7200,1\n7260,1\n");
  ASSERT_TRUE(series);
  EXPECT_EQ(median_step_seconds(*series), 60);
  EXPECT_EQ(median_step_seconds(*parse_prices("p.csv", "unix_seconds,price\n0,1\n")), std::nullopt);
}

}  // namespace
