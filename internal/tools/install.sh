#!/usr/bin/env bash
# Installs the provider where `terraform init` and `tofu init` find it without a CLI configuration, or uninstalls it.
# Called by `make install` with the program to copy, and by `make uninstall` without arguments. Both set VERSION.
set -euo pipefail

# All versions of both CLIs search these data folders. They search ~/.terraform.d too, but once that exists, OpenTofu no
# longer reads its credentials from $XDG_CONFIG_HOME.
case $(go env GOOS) in
  darwin) data="$HOME/Library/Application Support" application=io.terraform ;;
  windows) data=$APPDATA application=terraform.d ;;
  *) data=$HOME/.local/share application=terraform ;;
esac
if [[ $application == terraform && ${XDG_DATA_HOME:-} == /* ]]; then # the CLIs ignore a relative path
  data=$XDG_DATA_HOME
fi

program=terraform-provider-tencentcdn_v$VERSION$(go env GOEXE)
platform=$(go env GOOS)_$(go env GOARCH)

for registry in registry.terraform.io registry.opentofu.org; do
  folder=$data/$application/plugins/$registry/tencentcdn/tencentcdn/$VERSION/$platform
  if (($# > 0)); then
    mkdir -p "$folder"
    rm -f "$folder/$program" # a CLI may be running the old one
    cp "$1" "$folder/$program"
    echo "installed $folder/$program"
  elif [[ -e $folder/$program ]]; then
    rm "$folder/$program"
    echo "removed $folder/$program"
    # Remove the folders that are empty now.
    while [[ $folder != "$data" ]] && rmdir "$folder" 2>/dev/null; do
      folder=$(dirname "$folder")
    done
  else
    echo "not installed: $folder/$program"
  fi
done
