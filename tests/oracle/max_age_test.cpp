// SPDX-License-Identifier: MIT
#include <trimtab/oracle/max_age.hpp>

#include "laws/oracle_guard_laws.hpp"

namespace trimtab {
namespace {

using oracle::max_age;

constexpr timestamp now = at_unix(1'700'000'000);
constexpr max_age guard{.reference = seconds{30}, .protocol = seconds{3900}};
constexpr trust verdict(seconds reference_age, seconds protocol_age) {
  return guard.step({}, {{100.0, now - protocol_age}, {100.0, now - reference_age}}, now).verdict;
}
static_assert(verdict(seconds{0}, seconds{0}) == trust::ok);
static_assert(verdict(seconds{30}, seconds{3900}) == trust::ok);
static_assert(verdict(seconds{31}, seconds{0}) == trust::ours_bad);
static_assert(verdict(seconds{0}, seconds{3901}) == trust::protocol_bad);
static_assert(verdict(seconds{31}, seconds{3901}) == trust::both_bad);
static_assert(max_age{}.validate() == errc::ok);

static_assert(max_age{.reference = seconds::max(), .protocol = seconds::max()}
                      .step({}, {.protocol = {1.0, at_unix(0)}, .reference = {1.0, never}}, at_unix(1'700'000'000))
                      .verdict == trust::ours_bad,
              "any age will do, but somebody must have said it");

TEST(MaxAge, ASecondTooOldIsTooOld) {
  EXPECT_EQ(verdict(seconds{30}, seconds{0}), trust::ok);
  EXPECT_EQ(verdict(seconds{31}, seconds{0}), trust::ours_bad);
  EXPECT_EQ(verdict(seconds{0}, seconds{3900}), trust::ok);
  EXPECT_EQ(verdict(seconds{0}, seconds{3901}), trust::protocol_bad);
}

TEST(MaxAge, ByDefaultTheProtocolHasItsHeartbeatAndFiveMinutes) {
  EXPECT_EQ(max_age{}.protocol, seconds{3900});
  EXPECT_EQ(max_age{}.reference, seconds{30});
}

}  // namespace

namespace laws {
namespace {

struct age_case {
  static constexpr unsigned reads = reads_protocol_age | reads_reference_age;
  static constexpr oracle::max_age guard() { return {.reference = seconds{30}, .protocol = seconds{3900}}; }
};
struct strict_age_case {
  static constexpr unsigned reads = reads_protocol_age | reads_reference_age;
  static constexpr oracle::max_age guard() { return {.reference = seconds{0}, .protocol = seconds{0}}; }
};
using ages = testing::Types<age_case, strict_age_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(MaxAge, OracleGuardLaws, ages);

}  // namespace
}  // namespace laws

namespace {

TEST(MaxAge, APriceFromTheFutureIsAsBadAsAStaleOne) {
  EXPECT_EQ(verdict(seconds{-1}, seconds{0}), trust::ours_bad);
  EXPECT_EQ(verdict(seconds{0}, seconds{-1}), trust::protocol_bad);
}

TEST(MaxAge, APriceNeverSeenIsStale) {
  EXPECT_EQ(guard.step({}, {{100.0, now}, {}}, now).verdict, trust::ours_bad);
  EXPECT_EQ(guard.step({}, {{}, {}}, now).verdict, trust::both_bad);
}

TEST(MaxAge, ANegativeAllowanceIsRefused) {
  EXPECT_EQ((max_age{.reference = seconds{-1}}.validate()), errc::bad_configuration);
  EXPECT_EQ((max_age{.protocol = seconds{-1}}.validate()), errc::bad_configuration);
  EXPECT_EQ((max_age{.reference = seconds{0}}.validate()), errc::ok);
}

}  // namespace
}  // namespace trimtab
