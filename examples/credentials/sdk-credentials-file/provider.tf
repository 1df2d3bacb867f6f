provider "tencentcdn" {} # ~/.tencentcloud/credentials
