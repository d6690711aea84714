# SPDX-License-Identifier: Apache-2.0
# The four words with which every folder describes itself:
#
#   souk_library(NAME souk_base SOURCES status.cc DEPS souk_proto souk::dep_openssl)
#   souk_binary (NAME souk_bench SOURCES main.cc DEPS ...)          # becomes bin/souk-bench
#   souk_test   (NAME base_status_test SOURCES ... DEPS ... [LABELS slow] [ARGS ...] [TIMEOUT_S 300])
#   souk_fuzz   (NAME fuzz_names SOURCES ... DEPS ... [RUNS 20000])
#
# A library without SOURCES is header-only. Third-party dependencies (souk::dep_*) stay private to the .cc
# files; our own are public. Includes are written from the repository's root.

set(SOUK_WARNINGS -Wall -Wextra -Wpedantic)
if(NOT SOUK_FUZZ)  # There clang compiles: its other opinions are clang-tidy's business.
  list(APPEND SOUK_WARNINGS -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND (SOUK_SANITIZE OR NOT CMAKE_BUILD_TYPE STREQUAL Debug))
  # GCC 12 takes the unset half of a std::optional for a use of it when it optimizes. The Debug build looks.
  list(APPEND SOUK_WARNINGS -Wno-maybe-uninitialized)
endif()

add_custom_target(souk_fuzzers)  # All fuzz targets, for ./dev fuzz.

function(_souk_configure target)
  target_compile_options(${target} PRIVATE ${SOUK_WARNINGS})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
endfunction()

function(souk_library)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;DEPS")
  if(NOT arg_SOURCES)
    add_library(${arg_NAME} INTERFACE)
    target_include_directories(${arg_NAME} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${arg_NAME} INTERFACE ${arg_DEPS})
    return()
  endif()
  add_library(${arg_NAME} STATIC ${arg_SOURCES})
  _souk_configure(${arg_NAME})
  target_include_directories(${arg_NAME} PUBLIC ${CMAKE_SOURCE_DIR})
  foreach(dep IN LISTS arg_DEPS)
    if(dep MATCHES "^souk::dep_")
      target_link_libraries(${arg_NAME} PRIVATE ${dep})
    else()
      target_link_libraries(${arg_NAME} PUBLIC ${dep})
    endif()
  endforeach()
endfunction()

function(souk_binary)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;DEPS")
  string(REPLACE "_" "-" output "${arg_NAME}")
  add_executable(${arg_NAME} ${arg_SOURCES})
  _souk_configure(${arg_NAME})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_DEPS})
  set_target_properties(${arg_NAME} PROPERTIES OUTPUT_NAME ${output} RUNTIME_OUTPUT_DIRECTORY ${SOUK_BIN_DIR})
endfunction()

# `command` is a list: a program or a target, and its arguments. What a test may rely on: it runs in the repository's
# root, SOUK_SOURCE_DIR names that root, and SOUK_BIN_DIR names the folder of soukd and souk. Sanitizers end the test
# at the first finding. To leave out equal addresses, TSan would search a list of all that it suppressed, under a
# lock, for each further one: a flood of calls takes minutes instead of seconds.
function(souk_register_test name command labels timeout_s)
  add_test(NAME ${name} COMMAND ${command} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set(environment
    "SOUK_SOURCE_DIR=${CMAKE_SOURCE_DIR}"
    "SOUK_BIN_DIR=${SOUK_BIN_DIR}"
    "TSAN_OPTIONS=halt_on_error=1 suppress_equal_addresses=0 suppressions=${CMAKE_SOURCE_DIR}/cmake/tsan.supp"
    "UBSAN_OPTIONS=print_stacktrace=1")
  set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout_s} LABELS "${labels}" ENVIRONMENT "${environment}")
endfunction()

function(souk_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;TIMEOUT_S" "SOURCES;DEPS;LABELS;ARGS")
  if(NOT arg_TIMEOUT_S)
    set(arg_TIMEOUT_S 300)
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  _souk_configure(${arg_NAME})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_DEPS} GTest::gmock GTest::gtest_main)
  souk_register_test(${arg_NAME} "$<TARGET_FILE:${arg_NAME}>;${arg_ARGS}" "${arg_LABELS}" ${arg_TIMEOUT_S})
endfunction()

# With SOUK_FUZZ the target is a libFuzzer binary. Otherwise our own driver (tests/fuzz/driver.cc) replays the
# corpus tests/fuzz/corpus/<NAME>, if there is one, and a bounded number of seeded mutations, as a ctest test.
function(souk_fuzz)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;RUNS" "SOURCES;DEPS")
  if(NOT arg_RUNS)
    set(arg_RUNS 20000)
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  _souk_configure(${arg_NAME})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_DEPS})
  add_dependencies(souk_fuzzers ${arg_NAME})
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
  if(SOUK_FUZZ)
    target_link_options(${arg_NAME} PRIVATE -fsanitize=fuzzer)
    return()
  endif()
  target_sources(${arg_NAME} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/driver.cc)
  set(corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${arg_NAME})
  souk_register_test(${arg_NAME} "$<TARGET_FILE:${arg_NAME}>;-runs=${arg_RUNS};-seed=1;${corpus}" fuzz 300)
endfunction()
