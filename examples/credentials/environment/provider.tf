provider "tencentcdn" {}
