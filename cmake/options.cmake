# SPDX-License-Identifier: Apache-2.0
# What a person may choose, and the tools used when they are found.

set(SOUK_SANITIZE "" CACHE STRING "Sanitizers: empty, 'address;undefined' or 'thread'")
option(SOUK_FUZZ "Build the fuzz targets with libFuzzer (needs clang)" OFF)
set(SOUK_BIN_DIR "${CMAKE_BINARY_DIR}/bin" CACHE PATH "Where soukd, souk and their kin are put")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Debug CACHE STRING "Debug or Release" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# The base directory makes paths relative, so that a second clone or build directory reuses the same objects.
find_program(SOUK_CCACHE ccache)
if(SOUK_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_BASEDIR=/ CCACHE_NOHASHDIR=1 "${SOUK_CCACHE}")
endif()

# libFuzzer is linked with the linker that clang expects.
find_program(SOUK_MOLD mold)
if(SOUK_MOLD AND NOT SOUK_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()

if(SOUK_SANITIZE)
  list(JOIN SOUK_SANITIZE "," sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${sanitizers})
  if(SOUK_SANITIZE MATCHES thread)
    # Asio's fences, which ThreadSanitizer does not understand and says so; its locks order the same accesses.
    add_compile_options(-Wno-tsan)
    # Protobuf's map fields have further members where the program, but not the installed library, is compiled for
    # ThreadSanitizer: the two would not agree on where the others are.
    add_compile_options(-include "${CMAKE_SOURCE_DIR}/cmake/tsan_protobuf.h")
  endif()
endif()

if(SOUK_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "SOUK_FUZZ needs clang: configure with -DCMAKE_CXX_COMPILER=clang++-14 (./dev fuzz does)")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link,address -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address)
endif()
